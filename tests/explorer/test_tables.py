"""Rows of an answer as a table."""

from __future__ import annotations

import pytest

from sfconnector import explorer
from sfconnector.explorer import tables


def test_parents_become_columns_and_children_are_left_to_be_counted() -> None:
    children = {"totalSize": 2, "done": True, "records": [{}, {}]}
    body = {
        "totalSize": 2,
        "records": [
            {"attributes": {"type": "Account"}, "Name": "A", "Owner": None},
            {
                "attributes": {"type": "Account"},
                "Name": "B",
                "Owner": {"attributes": {"type": "User"}, "Name": "Ada"},
                "Contacts": children,
            },
        ],
    }
    table = explorer.table_of(body)
    assert table is not None
    assert table.columns == ["Name", "Owner.Name", "Contacts"]
    assert table.rows == [["A", None, None], ["B", "Ada", children]]


@pytest.mark.parametrize(
    "body",
    [None, "text", 1, {}, [], {"records": []}, {"records": [1]}, [1, 2], {"a": [{}]}],
)
def test_an_answer_without_rows_is_no_table(body: object) -> None:
    assert explorer.table_of(body) is None


def test_a_list_of_versions_is_a_table() -> None:
    table = explorer.table_of([{"label": "Spring", "version": "66.0"}])
    assert table is not None
    assert table.columns == ["label", "version"]


def test_a_large_table_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_CELLS", 10)
    rows = [{"a": n, "b": n} for n in range(9)]
    table = explorer.lay_out(rows, leading={"org": ["x"] * 9})
    assert table.columns == ["org", "a", "b"]
    assert table.rows == [["x", 0, 0], ["x", 1, 1], ["x", 2, 2]]
    assert table.is_cut
