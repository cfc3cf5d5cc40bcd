"""A run while it works and after: figures, waits, grouped warnings, throughput."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sfconnector import health, permissions, sync
from sfconnector.admin.base import Deed, Done, Page
from sfconnector.audit import Actor
from sfconnector.models import SyncRun
from sfconnector.wording import told

_CLEANED = re.compile(
    r"(?P<field>[\w.]+): characters that no database stores were taken out of "
    r"(?P<count>[\d,]+) records\."
)
_NAMED = re.compile(r"(?P<name>[\w.]{1,255}): (?P<rest>.+)", re.DOTALL)
MOST_CALLS = 5_000
STEPS = 60
"""Points of the throughput line."""
PATIENCE_S = 1
"""Seconds after which a run that has heard nothing says what it waits for."""
COUNTS = (
    "fetched",
    "created",
    "updated",
    "deleted",
    "unchanged",
    "out_of_filter",
    "api_calls",
)


def figures(run: SyncRun) -> dict[str, str]:
    """Return the run's figures as people read them, by the names the page uses."""
    values = {name: _number(getattr(run, name)) for name in COUNTS}
    values["rate"] = values["left"] = "–"
    seconds = run.seconds
    if seconds:
        values["seconds"] = _span(seconds)
        values["rate"] = _number(round(run.fetched / seconds))
    if run.is_active and seconds and run.expected and run.fetched:
        left = max(0, run.expected - run.fetched) * seconds / run.fetched
        values["left"] = _span(left)
    values["phase"] = run.phase
    return values


def _number(value: int) -> str:
    return str(formats.number_format(value, use_l10n=True, force_grouping=True))


def _span(seconds: float) -> str:
    """Write a span of time: 3.2 s, 4 min 10 s, 2 h 5 min."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


class ProgressPage(Page[SyncRun]):
    """The figures that the run page asks for every two seconds."""

    verb = "progress"
    methods = ("GET",)

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Answer with state, figures and progress."""
        run = self.find(request, arguments["pk"])
        return JsonResponse(
            {
                "state": run.state,
                "active": run.is_active,
                "expected": run.expected or 0,
                "done": min(run.fetched, run.expected or 0),
                "values": {**figures(run), "waits": waits_for(run)},
            }
        )


class CancelPage(Deed[SyncRun]):
    """Ask a run to stop."""

    verb = "cancel"
    permission = permissions.SYNC

    def do(self, request: HttpRequest, row: SyncRun, *, by: Actor) -> Done:
        """Cancel and go back to the run."""
        sync.cancel(row, by=by)
        text = _(
            "The run stops after the batch that it is writing; what it has "
            "written stays."
        )
        return Done(noted=(_("Asked to cancel."),), said=((messages.INFO, text),))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Warnings that say the same of several fields or objects."""

    title: str
    lines: list[tuple[str, str]]
    """What is said of each, and what lists its records, maybe ""; none when the title
    says it all."""
    query: str = ""
    """The query string that lists the records of the title."""


def grouped_warnings(run: SyncRun) -> list[Group]:
    """Put warnings that differ only in a name together, in the order they came."""
    noted = sync.cleaned_of(run)
    cleaned: list[tuple[str, int]] = []
    alike: dict[str, list[str]] = {}
    for warning in run.warnings:
        if found := _CLEANED.fullmatch(warning):
            cleaned.append((found["field"], int(found["count"].replace(",", ""))))
        else:
            named = _NAMED.fullmatch(warning)
            alike.setdefault(named["rest"] if named else warning, []).append(warning)
    groups = [_cleaned(cleaned, run, noted)] if cleaned else []
    for rest, lines in alike.items():
        if len(lines) == 1:
            groups.append(Group(title=told(lines[0]), lines=[]))
        else:
            title = _("%(count)d times: %(text)s")
            text = title % {"count": len(lines), "text": told(rest)}
            groups.append(Group(title=text, lines=[(told(line), "") for line in lines]))
    return groups


def _cleaned(
    fields: list[tuple[str, int]], run: SyncRun, noted: Mapping[str, Sequence[str]]
) -> Group:
    """Say which fields lost characters; one record may be among several of them."""
    texts = [
        ngettext(
            "%(count)d record lost control characters, field %(field)s",
            "%(count)d records lost control characters, field %(field)s",
            count,
        )
        % {"count": count, "field": field}
        for field, count in fields
    ]
    queries = [
        "?" + urlencode({"state": "all", "lost": f"{run.pk}.{field}"})
        if field in noted
        else ""
        for field, _count in fields
    ]
    if len(texts) == 1:
        return Group(title=f"{texts[0]}.", lines=[], query=queries[0])
    title = ngettext(
        "%(count)d field held characters that no database stores.",
        "%(count)d fields held characters that no database stores.",
        len(texts),
    )
    lines = list(zip(texts, queries, strict=True))
    return Group(title=title % {"count": len(lines)}, lines=lines)


def waits_for(run: SyncRun) -> str:
    """Say what a run waits for, "" when it works or is over. Nothing is asked."""
    org = run.org
    if not run.is_active or run.state == SyncRun.State.PARKED:
        return ""
    if not org.is_connected:
        status = org.get_status_display()
        text = _("It waits for %(org)s: %(status)s. Reconnect the org first.")
        return text % {"org": org, "status": status}
    if run.state == SyncRun.State.QUEUED:
        return ""
    last = run.calls.order_by("-pk").values_list("status", "error_code").first()
    if last is not None and last[0] is None:
        text = _(
            "The last call to %(host)s had no answer (%(code)s); it is tried again."
        )
        return text % {"host": _host(run), "code": last[1] or _("no answer")}
    if last is None and not run.fetched and (run.seconds or 0) > PATIENCE_S:
        text = _("It waits for the first answer of %(host)s.")
        silent = health.unanswered(org)
        said = text % {"host": _host(run)}
        return f"{said} {org}: {silent}." if silent else said
    return ""


def _host(run: SyncRun) -> str:
    return run.org.instance_url.removeprefix("https://") or str(run.org)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Throughput:
    """How much came when, as a line to draw in a box of 600 by 80."""

    points: str
    """For an SVG polyline."""
    peak: int
    """Bytes of the best second."""
    seconds: float


def throughput(run: SyncRun) -> Throughput | None:
    """Draw the bytes that a run received over its time; None without two answers.

    By its API calls, which are kept for some days. An answer counts for the time that
    it took, so one that comes slowly is a low line and no peak.
    """
    asked = run.calls.order_by("pk").values_list("at", "duration_ms", "response_bytes")
    calls = list(asked[:MOST_CALLS])
    if run.started_at is None or len(calls) < 2:
        return None
    begin = run.started_at.timestamp()
    spans = [(at.timestamp() - begin, ms / 1000, size) for at, ms, size in calls]
    whole = max(run.seconds or 0.0, *(end for end, _took, _size in spans))
    if whole <= 0:
        return None
    step = whole / STEPS
    amounts = [0.0] * STEPS
    for end, took, size in spans:
        first = min(max(0, int((end - took) / step)), STEPS - 1)
        last = min(max(first, int(end / step)), STEPS - 1)
        for place in range(first, last + 1):
            amounts[place] += size / (last - first + 1)
    peak = max(amounts) or 1
    width = 600 / (STEPS - 1)
    points = " ".join(
        f"{at * width:.1f},{78 - 76 * amount / peak:.1f}"
        for at, amount in enumerate(amounts)
    )
    return Throughput(points=points, peak=round(peak / step), seconds=whole)
