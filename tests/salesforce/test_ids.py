"""Record ids in both lengths."""

from __future__ import annotations

import pytest

from sfconnector.salesforce.ids import is_id, to_18

PAIRS = [
    ("00DdM00000vfgTu", "UAI"),
    ("001dM00003jU9Gx", "QAK"),
    ("005dM00000awSFJ", "QA2"),
    ("00D1a000000H3O9", "EAK"),
    ("000000000000000", "AAA"),
]


@pytest.mark.parametrize(("short", "suffix"), PAIRS)
def test_the_suffix_tells_the_capitals(short: str, suffix: str) -> None:
    assert to_18(short) == short + suffix
    assert to_18(short + suffix) == short + suffix


@pytest.mark.parametrize(
    ("text", "expected"),
    [("001dM00003jU9Gx", True), ("001dM00003jU9GxQAK", True), ("001", False),
     ("001dM00003jU9G/", False), ("", False), ("001dM00003jU9GxQ", False)],
)  # fmt: skip
def test_an_id_is_told_by_its_form(text: str, expected: bool) -> None:
    assert is_id(text) is expected
