"""A query in pieces: what is a keyword, a text, a number; nothing is lost."""

from __future__ import annotations

import pytest

from sfconnector.salesforce.soql import painted


def test_each_piece_has_its_kind() -> None:
    text = "SELECT Id FROM Account WHERE Name = 'select' AND N > 12"
    kinds = {piece: kind for kind, piece in painted(text)}
    assert kinds["SELECT"] == kinds["WHERE"] == kinds["AND"] == "keyword"
    assert kinds["'select'"] == "text"
    assert kinds["12"] == "number"
    assert kinds[" Id "] == ""


@pytest.mark.parametrize(
    "text",
    ["", "SELECT Id\n FROM  X", "SELECT Na…", "SELECT 'open", "{ } <script>", "\x00"],
)
def test_the_pieces_are_the_text(text: str) -> None:
    assert "".join(piece for _kind, piece in painted(text)) == text
