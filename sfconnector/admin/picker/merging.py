"""Ticks and text of a picker, brought together: both say what is chosen."""

from __future__ import annotations

import re
from collections.abc import Sequence


class Nothing(str):
    """Text of a picker that asks for single fields and names none."""

    __slots__ = ()


NOTHING = Nothing()


def names_in(text: str) -> list[str]:
    """Return the names of a text in order, each once."""
    names = re.split(r"[\s,;]+", text)
    return [name for name in dict.fromkeys(names) if name]


def merged(
    *, was: Sequence[str], typed: Sequence[str], ticked: Sequence[str]
) -> list[str]:
    """Return what is chosen: who changed either, is heard.

    ``was`` is what the page showed. A name that is gone from the text or from the
    ticks was taken out; one that is new in either was added. The text gives the order.
    """
    before = {name.lower() for name in was}
    boxes = {name.lower() for name in ticked}
    written = {name.lower() for name in typed}
    kept = [
        name for name in typed if name.lower() in boxes or name.lower() not in before
    ]
    added = [
        name
        for name in ticked
        if name.lower() not in written and name.lower() not in before
    ]
    return [*kept, *added]
