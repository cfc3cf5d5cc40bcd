"""Cuts SOQL into its words, texts, numbers and signs, in time linear in its length.

Source of the lexical rules: SOQL and SOSL Reference, "SOQL SELECT Syntax", "Reserved
Keywords" and "Quoted String Escape Sequences". What they do not allow is refused: a
text that Salesforce reads in another way than we do could hide a field from us.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from sfconnector.exceptions import InvalidRequest
from sfconnector.texts import gettext_noop as _

LONGEST = 100_000
"""Characters of one statement."""
_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n\f\v]++)"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*+)"
    r"|(?P<text>'(?:[^'\\]|\\.)*+')"
    r"|(?P<number>[+-]?[0-9][0-9TZtzEe:.+-]*+(?![A-Za-z0-9_]))"
    r"|(?P<sign>[().,:=<>!])",
    re.DOTALL,
)
"""No part gives back what it took (``++``, ``*+``), so no text is read twice."""


class Token(NamedTuple):
    """One piece of a statement."""

    kind: str
    """word, text, number or sign."""
    text: str
    at: int
    """Where it begins."""

    @property
    def upper(self) -> str:
        """The word in capitals; "" for what is no word, a text least of all."""
        return self.text.upper() if self.kind == "word" else ""


def tokens(text: str) -> Iterator[Token]:
    """Yield the pieces of a statement; raise InvalidRequest at what is none."""
    if len(text) > LONGEST:
        message = _("The query has {count:,} characters; {most:,} are allowed.").format(
            count=len(text), most=LONGEST
        )
        raise InvalidRequest(message, remedy=_("Choose fewer fields."))
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _refusal(text, at)
        kind = str(found.lastgroup)
        if kind != "space":
            yield Token(kind, found[0], at)
        at = found.end()


def on_one_line(text: str) -> str:
    """Return a statement with single spaces; its texts are kept as they are.

    What cannot be read is returned as it came: the org says what is wrong with it.
    """
    parts: list[str] = []
    end = 0
    try:
        for token in tokens(text.strip()):
            parts.append(" " if token.at > end and parts else "")
            parts.append(token.text)
            end = token.at + len(token.text)
    except InvalidRequest:
        return text.strip()
    return "".join(parts)


def token_starts(text: str) -> list[int]:
    """Return where each piece of a statement begins; raise InvalidRequest likewise."""
    return [token.at for token in tokens(text)]


def _refusal(text: str, at: int) -> InvalidRequest:
    if text[at] == "'":
        message = _("The text that begins with ' is not closed: a quote is missing.")
        return InvalidRequest(message, remedy=_("Close it; write ' within it as \\'."))
    message = _("SOQL cannot be read from character {at} on: {text!r}.").format(
        at=at + 1, text=text[at : at + 20]
    )
    return InvalidRequest(message, remedy=_("Write it as the SOQL reference shows."))
