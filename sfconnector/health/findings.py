"""One finding of the doctor: how bad, what, and what to do."""

from __future__ import annotations

import dataclasses
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from sfconnector.models import Org

REFUSED, UNREACHABLE = "api", "unreachable"
"""Codes of what the org itself answered, and of no answer at all."""
_WORDS = {REFUSED: _("Refuses calls"), UNREACHABLE: _("Cannot be reached")}
Level = Literal["green", "yellow", "red"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the doctor found; ``code`` is stable, the texts are for people."""

    level: Level
    code: str
    title: str
    text: str = ""
    remedy: str = ""
    link: str = ""
    org: str = ""
    """Alias of the org it is about, "" for the site as a whole."""

    def as_dict(self) -> dict[str, Any]:
        """Give the finding as plain JSON values."""
        return dataclasses.asdict(self)


def green(code: str, title: str, *, org: Org | None = None, text: str = "") -> Finding:
    """Make a finding that needs nobody."""
    name = org.alias if org else ""
    return Finding(level="green", code=code, title=title, text=text, org=name)


def yellow(
    code: str,
    title: str,
    *,
    remedy: str,
    org: Org | None = None,
    text: str = "",
    link: str = "",
) -> Finding:
    """Make a finding that somebody should look at before it hurts."""
    return Finding(
        level="yellow",
        code=code,
        title=title,
        text=text,
        remedy=remedy,
        link=link,
        org=org.alias if org else "",
    )


def red(
    code: str,
    title: str,
    *,
    remedy: str,
    org: Org | None = None,
    text: str = "",
    link: str = "",
) -> Finding:
    """Make a finding that stops work until somebody acts."""
    found = yellow(code, title, remedy=remedy, org=org, text=text, link=link)
    return dataclasses.replace(found, level="red")


def unanswered(org: Org) -> str:
    """Say in two words that a connected org did not answer when last looked at.

    "" for one that did, or has answered since, or was never looked at.
    """
    if not org.is_connected:
        return ""
    if org.findings_at and org.limits_at and org.limits_at > org.findings_at:
        return ""
    for found in org.findings:
        if found.get("level") == "red" and found.get("code") in _WORDS:
            return str(_WORDS[found["code"]])
    return ""
