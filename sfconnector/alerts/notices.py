"""One piece of news for people, in words that every channel uses."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from sfconnector.alerts.troubles import BUDGET, FAILING, IDLE, NEEDS_RECONNECT
from sfconnector.models import Alert
from sfconnector.texts import gettext_noop as _
from sfconnector.texts import one_line, printable
from sfconnector.wording import told

OPENED = "opened"
RECOVERED = "recovered"
_WHAT = {
    NEEDS_RECONNECT: _("needs to be reconnected"),
    IDLE: _("loses its connection soon"),
    FAILING: _("has a plan that keeps failing"),
    BUDGET: _("has no API calls left"),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """What a channel is to tell of one alert."""

    alert: Alert
    news: str
    """``opened`` or ``recovered``."""

    @property
    def is_over(self) -> bool:
        """Tell whether the trouble has ended."""
        return self.news == RECOVERED

    @property
    def subject(self) -> str:
        """Give one line that says which org has what."""
        what = _WHAT.get(self.alert.kind, self.alert.kind)
        mark = gettext("Over:") + " " if self.is_over else ""
        return one_line(f"[Salesforce] {mark}{self.alert.org} {told(what)}")

    @property
    def text(self) -> str:
        """Give what happened, in full."""
        return told(printable(self.alert.text))

    @property
    def org(self) -> str:
        """Give the org's name as people know it."""
        return one_line(str(self.alert.org))
