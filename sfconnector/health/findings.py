"""One finding of the doctor: how bad, what, and what to do."""

from __future__ import annotations

import dataclasses
from typing import Any, Literal

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
