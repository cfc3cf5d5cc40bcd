"""Makes texts of strangers fit for a line, a row, a header, and marks our own.

A stranger's text must hold no control characters; one of ours can be translated.
"""

from __future__ import annotations

import unicodedata
from typing import Any

_LAYOUT = "\n\t"
_ENDS = ("Zl", "Zp")
"""Line and paragraph separators, which are no control characters."""


def gettext_noop(text: str) -> str:
    """Mark a text so that it can be translated where it is shown; give it unchanged.

    Errors and findings are made in English, logged and stored so; ``wording.told``
    translates them. What is filled in gets a name: ``_("{n} rows").format(n=rows)``.
    """
    return text


def printable(text: str) -> str:
    """Replace control characters and lone surrogates; line ends and tabs stay.

    PostgreSQL stores no NUL and no surrogate, and a terminal obeys the others.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        "\N{REPLACEMENT CHARACTER}"
        if char not in _LAYOUT and unicodedata.category(char) in {"Cc", "Cs"}
        else char
        for char in text.replace("\r\n", "\n").replace("\r", "\n")
    )


def one_line(text: str) -> str:
    """Make a text one line: every kind of line end or control becomes a blank."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if breaks_line(char) else char for char in text)


def breaks_line(char: str) -> bool:
    """Tell whether a character may end a line somewhere, or is a control."""
    return unicodedata.category(char) in {"Cc", "Cs", *_ENDS}


def printable_in(value: Any) -> Any:
    """Make every text within plain JSON values printable."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {printable_in(key): printable_in(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [printable_in(one) for one in value]
    return value
