"""What faces say, and how they are asked: for each way of naming the masked field."""

from __future__ import annotations

from tests.gateway.conftest import CANARY
from tests.gateway.test_masks import NAMING


class Said(dict[str, str]):
    """What each face said, by its name; of some faces only until they said the value."""

    def __init__(self, sought: set[str] | None = None) -> None:
        self._sought = sought

    def skips(self, name: str) -> bool:
        """Tell whether a face need not be asked, or not any more."""
        if self._sought is None:
            return False
        return name not in self._sought or CANARY in self.get(name, "")

    def hear(self, name: str, text: str) -> None:
        self[name] = self.get(name, "") + text

    def leaks(self) -> set[str]:
        return {name for name, text in self.items() if CANARY in text}


def soqls() -> list[str]:
    """Every query among the ways of naming, and two that take what is there."""
    worded = [path.partition("q=")[2] for path in NAMING if "SELECT" in path]
    also = ["SELECT LastName FROM Contact", "SELECT FIELDS(ALL) FROM Contact LIMIT 5"]
    return [*filter(None, worded), *also]
