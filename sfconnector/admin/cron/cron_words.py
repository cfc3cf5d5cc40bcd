"""A cron text in words, and the times at which it comes due next."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sfconnector import clock, sync
from sfconnector.exceptions import ConfigurationError
from sfconnector.models import PlanSet, SyncPlan
from sfconnector.wording import words_of

SHOWN = 3
MOST_TIMES = 6
LAST = -1000
LAST_WEEKDAY = -1001
"""How the library of cron texts writes ``L`` and ``LW`` among the days."""
PRESETS = (
    ("*/15 * * * *", gettext_lazy("Every 15 minutes")),
    ("0 * * * *", gettext_lazy("Every hour")),
    ("*/15 8-18 * * 1-5", gettext_lazy("Every 15 minutes in office hours")),
    ("0 6 * * *", gettext_lazy("Daily at 6 in the morning")),
    ("0 6 * * 1-5", gettext_lazy("Monday to Friday at 6")),
    ("0 22 * * *", gettext_lazy("Daily at 10 in the evening")),
    ("0 5 * * 1", gettext_lazy("Every Monday at 5")),
    ("0 4 1 * *", gettext_lazy("On the first of each month at 4")),
)
"""Cron texts to choose from, and what they are called."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a cron text means, for a person."""

    words: str = ""
    times: Sequence[datetime] = ()
    """The next times, in the zone in which the text is read."""
    zone: str = ""
    runs_a_day: float = 0
    """The mean of a week."""
    refusal: str = ""
    """Why the text means nothing; "" when it does."""


def tell(text: str) -> Told:
    """Say what a cron text means; empty for an empty one."""
    text = text.strip()
    if not text:
        return Told()
    zone, now = timezone.get_default_timezone(), clock.now()
    try:
        words = in_words(text)
        coming = list(islice(sync.coming(text, now, zone=zone), SHOWN))
        plan = SyncPlan(schedule=SyncPlan.Schedule.CRON, cron=text)
        mean = sync.runs_a_day(plan, now)
    except ConfigurationError as error:
        return Told(refusal=words_of(error))
    return Told(
        words=words,
        times=[moment.astimezone(zone) for moment in coming],
        zone=timezone.get_default_timezone_name(),
        runs_a_day=mean,
    )


def checked(text: str) -> str:
    """Return a cron text as it is kept, or raise ValidationError."""
    text = text.strip()
    if refusal := tell(text).refusal:
        raise ValidationError(refusal)
    return text


def schedule_in_words(row: SyncPlan | PlanSet) -> str:
    """Say when a plan runs, or what a set says of it: never a label with a gap."""
    if row.schedule == SyncPlan.Schedule.EVERY and row.every_minutes:
        return _every(row.every_minutes)
    if row.schedule == SyncPlan.Schedule.CRON and row.cron:
        return row.cron
    return str(SyncPlan.Schedule(row.schedule).label)


def _every(minutes: int) -> str:
    text = ngettext("every minute", "every %(count)d minutes", minutes)
    return text % {"count": minutes}


def in_words(text: str) -> str:
    """Write a cron text as a sentence. Raises ConfigurationError."""
    read = sync.read_cron(text, timezone.now(), zone=timezone.get_default_timezone())
    parts = [_hours_in_words(sorted(read.minutes), sorted(read.hours))]
    parts.append(_days_in_words(read))
    if len(read.months) < len(MONTHS):
        names = [str(MONTHS[month]) for month in sorted(read.months)]
        parts.append(_("in %(months)s") % {"months": _listed(names)})
    return str(capfirst(", ".join(part for part in parts if part)))


def _hours_in_words(minutes: list[int], hours: list[int]) -> str:
    every = _step(minutes)
    spread = _in_hours(hours, minutes)
    if every:
        return f"{_every(every)} {spread}".strip()
    if len(minutes) * len(hours) <= MOST_TIMES:
        times = [f"{hour:02}:{minute:02}" for hour in hours for minute in minutes]
        return _("at %(times)s") % {"times": _listed(times)}
    at = _listed([f":{minute:02}" for minute in minutes])
    return f"{_('every hour at %(minutes)s') % {'minutes': at}} {spread}".strip()


def _step(minutes: list[int]) -> int:
    """Return how many minutes lie between two, 0 when they are not evenly apart."""
    if len(minutes) == 1:
        return 0
    step = minutes[1] - minutes[0]
    return step if minutes == list(range(0, 60, step)) and 60 % step == 0 else 0


def _in_hours(hours: list[int], minutes: list[int]) -> str:
    if len(hours) == 24:
        return ""
    if hours == list(range(hours[0], hours[-1] + 1)):
        first, last = (
            f"{hours[0]:02}:{minutes[0]:02}",
            f"{hours[-1]:02}:{minutes[-1]:02}",
        )
        return _("from %(first)s to %(last)s") % {"first": first, "last": last}
    return _("in the hours of %(hours)s") % {
        "hours": _listed([f"{hour:02}:00" for hour in hours])
    }


def _days_in_words(read: Any) -> str:
    """Say on which days; a text with both kinds of days wants either, or both."""
    takes_every_day = len(read.days) == 31
    takes_every_weekday = len({day for day in read.weekdays if day != 7}) == 7
    days = "" if takes_every_day else _days_of_month(read.days)
    weekdays = "" if takes_every_weekday else _weekdays(read.weekdays)
    if days and weekdays:
        if read.day_and:
            return _("%(days)s and %(weekdays)s") % {"days": days, "weekdays": weekdays}
        return _("%(days)s or %(weekdays)s") % {"days": days, "weekdays": weekdays}
    return days or weekdays or _("every day")


def _days_of_month(days: Any) -> str:
    last = {LAST: _("the last"), LAST_WEEKDAY: _("the last working day")}
    names = [
        last.get(day) or f"{day}." for day in sorted(days, key=lambda day: day % 99)
    ]
    return _("on day %(days)s of the month") % {"days": _listed(names)}


def _weekdays(weekdays: Any) -> str:
    if any(isinstance(day, tuple) for day in weekdays):
        return _listed([_one_weekday(day) for day in sorted(weekdays, key=str)])
    numbers = sorted({(day - 1) % 7 for day in weekdays})
    is_range = len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1))
    names = [str(WEEKDAYS[number]) for number in numbers]
    if is_range:
        return _("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}
    return _listed(names)


def _one_weekday(day: Any) -> str:
    if not isinstance(day, tuple):
        return str(WEEKDAYS[(day - 1) % 7])
    name, which = str(WEEKDAYS[(day[0] - 1) % 7]), day[1]
    if which == LAST:
        return _("the last %(weekday)s of the month") % {"weekday": name}
    given = {"number": which, "weekday": name}
    return _("the %(number)d. %(weekday)s of the month") % given


def _listed(names: Sequence[str]) -> str:
    return str(get_text_list(list(names), _("and")))
