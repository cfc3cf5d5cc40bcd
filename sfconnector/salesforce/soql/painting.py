"""A query in pieces by what they are, for pages that colour it."""

from __future__ import annotations

import contextlib

from sfconnector.exceptions import InvalidRequest
from sfconnector.salesforce.soql.lexing import tokens
from sfconnector.salesforce.soql.parsing import RESERVED

KEYWORDS = RESERVED
"""Words that a page draws as what they are, in capitals."""


def painted(text: str) -> list[tuple[str, str]]:
    """Return kind and text of each piece, in order; together they are the text.

    The kinds are keyword, text, number, and "" for the rest. From where a text cannot
    be read on, such as the end of one that was cut, it is one piece.
    """
    pieces: list[tuple[str, str]] = []
    end = 0
    with contextlib.suppress(InvalidRequest):
        for token in tokens(text):
            kind = "keyword" if token.upper in RESERVED else token.kind
            if kind in {"word", "sign"}:
                continue
            pieces += [("", text[end : token.at]), (kind, token.text)]
            end = token.at + len(token.text)
    return [piece for piece in [*pieces, ("", text[end:])] if piece[1]]
