"""A CSV answer is read whole or not at all."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sfconnector.exceptions import Corrupt
from sfconnector.salesforce.bulk import csv_pieces
from sfconnector.salesforce.bulk.csv_pieces import RowReader, write_rows

anywhere = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)


ODD_CELLS = st.text(st.sampled_from(["a", ",", "\n", '"', "\r", "é"]), max_size=4)
"""What looks like the end of a cell or of a line, or is next to nothing."""


@pytest.fixture(autouse=True, params=[1, 40, csv_pieces.BLOCK_BYTES])
def block_bytes(request, monkeypatch) -> None:
    """Whatever is looked at in one go, the rows are the same."""
    monkeypatch.setattr(csv_pieces, "BLOCK_BYTES", request.param)


def rows_of(raw: bytes, *, size: int = 7, **more: bool) -> list[list[str]]:
    pieces = [raw[at : at + size] for at in range(0, len(raw), size)]
    return [row for batch in RowReader(pieces, **more).batches(3) for row in batch]


@anywhere
@given(
    st.integers(1, 5).flatmap(
        lambda width: st.lists(
            st.lists(CELLS | ODD_CELLS, min_size=width, max_size=width), max_size=20
        ).map(lambda rows: (width, rows))
    ),
    st.integers(1, 50),
    st.sampled_from(["\n", "\r\n"]),
)
def test_rows_come_back_as_they_were_written(
    table: tuple[int, list[list[str]]], size: int, ending: str
) -> None:
    width, lines = table
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator=ending)
    writer.writerow([f"Column{number}" for number in range(width)])
    writer.writerows(lines)
    assert rows_of(out.getvalue().encode(), size=size) == lines


@anywhere
@given(
    st.lists(st.sampled_from(['"a","b"\n', '","', '"', ",", "\n", "a"])).map("".join)
)
def test_nothing_is_read_otherwise_than_the_standard_library_reads_it(body) -> None:
    raw = '"A","B"\n' + body
    try:
        expected = list(csv.reader(io.StringIO(raw, newline=""), strict=True))[1:]
    except csv.Error:
        expected = [[]]
    try:
        found = rows_of(raw.encode())
    except Corrupt:
        return
    assert found == expected


@anywhere
@given(st.lists(CELLS, min_size=2, max_size=2), st.data())
def test_a_row_cut_anywhere_is_corrupt_when_its_end_is_not_told(
    row: list[str], draw: st.DataObject
) -> None:
    raw = write_rows(["A", "B"], [row])
    start = len(write_rows(["A", "B"], []))
    cut = draw.draw(st.integers(start + 1, len(raw) - 1))
    with pytest.raises(Corrupt):
        rows_of(raw[:cut], whole_at_newline=True)


@pytest.mark.parametrize(
    "raw",
    [
        b'"Id","Name"\n"1"\n',
        b'"Id","Name"\n"1","a","b"\n',
        b'"Id","Name"\n"1","a\n"2","b"\n',
        b'"Id","Name"\n"1"\n"2","b","c"\n"3","d"\n',
        b'"Id","Name"\n"1","a"\n"2"\n"3"\n"4","d"\n',
        b'"Id","Name"\n"1","a","2"\n"b","3","c"\n',
        b'"Id","Name"\n"1""2"\n',
        b'"Id","Name"\n"1""2"\n"3""4"\n',
        b'"Id","Name"\n"1","a',
        b'"Id","Name"\n"1","a"x\n',
        b'"Id","Name"\n\n',
        b'"Id","Id"\n',
        b'"Id","Na',
    ],
)
def test_ragged_cut_and_odd_rows_are_corrupt(raw: bytes) -> None:
    with pytest.raises(Corrupt):
        rows_of(raw)


def test_a_nul_is_dropped_and_a_byte_order_mark_is_no_part_of_a_name() -> None:
    raw = b'\xef\xbb\xbf"Id","Name"\n"1","a\x00b"\n"2","\x00"\n'
    reader = RowReader([raw[:4], b"\x00\x00", raw[4:]])
    assert reader.columns == ("Id", "Name")
    assert list(reader.batches()) == [[["1", "ab"], ["2", ""]]]
    assert reader.count == 2


def test_a_line_break_within_a_field_is_kept() -> None:
    raw = b'"Id","Street"\n"1","a\r\nb\n"\n'
    assert rows_of(raw, size=1) == [["1", "a\r\nb\n"]]


@pytest.mark.parametrize("raw", [b"", b"Records not found for this query\n"])
def test_an_answer_without_records_has_no_columns(raw: bytes) -> None:
    reader = RowReader([raw])
    assert reader.columns == ()
    assert list(reader.batches()) == []


def test_a_header_alone_has_columns_and_no_rows() -> None:
    reader = RowReader([b'"Id","Name"\n'])
    assert reader.columns == ("Id", "Name")
    assert list(reader.batches()) == []


def test_a_very_long_field_comes_through() -> None:
    long = "x" * 400_000
    assert rows_of(write_rows(["A"], [[long]]), size=65_536) == [[long]]


def test_rows_are_given_in_lists_of_the_size_wanted() -> None:
    raw = write_rows(["A"], [[str(number)] for number in range(5)])
    assert [len(batch) for batch in RowReader([raw]).batches(2)] == [2, 2, 1]


def test_words_like_null_stay_words() -> None:
    assert rows_of(b"A\nnull\nNA\n") == [["null"], ["NA"]]
