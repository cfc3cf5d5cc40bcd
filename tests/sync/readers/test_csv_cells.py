"""A column of a Bulk result is written as its cells would be, one after another."""

from __future__ import annotations

import pytest

from sfconnector import exact_json
from sfconnector.sync.readers.checking import MisfitError
from sfconnector.sync.readers.csv_cells import encoder_of, written

AMOUNTS = (
    *("0", "0.0", "-0.0", "7", "-7.0", "10.0", "25.50", "0.5", "-0.25", "1.05"),
    *("3.2781E7", "3.0E7", "-1.0E10", "3.2781E2", "3.10E1", "1.0E0", "0.5E3"),
    *("1.0E-4", "3E7", "1234567890123456.78", "0.0000001"),
)
TEXTS = ("", "a", '"', '""', "\\", 'say "no"', "two\nlines", "a\ttab", "ü", "\x01", ",")


@pytest.mark.parametrize("amount", AMOUNTS)
@pytest.mark.parametrize("others", [[], ["", "5"], ["12.0", "", "1.0E8"], ["1.5E-3"]])
def test_amounts_have_the_one_spelling_in_any_column(
    amount: str, others: list[str]
) -> None:
    column = [one.encode() for one in [amount, *others]]
    cells, is_bare = written(column, encoder_of("currency"))
    right = [exact_json.plain(one) if one else "null" for one in [amount, *others]]
    assert not is_bare
    assert [cell.decode() for cell in cells] == right


@pytest.mark.parametrize("text", ["1.2.0", "-", "1.2.3E4", "E", "5\n5", "N/A"])
def test_what_is_no_number_is_none_beside_whole_and_large_ones(text: str) -> None:
    column = [b"12.0", text.encode(), b"3.2781E7"]
    with pytest.raises(MisfitError):
        written(column, encoder_of("double"))


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_itself_again_beside_empty_ones(text: str) -> None:
    column = [one.encode() for one in ("", text, "", "", text, "")]
    cells, is_bare = written(column, encoder_of("string"))
    shown = [b'"%b"' % cell if is_bare else cell for cell in cells]
    assert [exact_json.loads(one) for one in shown] == [
        one.decode() or None for one in column
    ]
