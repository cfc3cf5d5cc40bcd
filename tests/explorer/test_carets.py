"""The caret at the word of a query that an org could not read."""

from __future__ import annotations

import pytest

from sfconnector import explorer
from sfconnector.models import Org
from tests.admin.conftest import person
from tests.connections import browser_of

MESSAGE = (
    "\nSELECT Nam FROM Account\n       ^\nERROR at Row:1:Column:8\nNo such column."
)


@pytest.mark.parametrize(
    ("written", "line", "column"),
    [
        ("SELECT Nam FROM Account", "SELECT Nam FROM Account", 7),
        ("SELECT\n   Nam\nFROM Account", "   Nam", 3),
        ("SELECT    Nam FROM Account", "SELECT    Nam FROM Account", 10),
    ],
)
def test_the_place_is_told_in_the_text_as_it_was_written(
    written: str, line: str, column: int
) -> None:
    caret = explorer.caret_in(written, MESSAGE)
    assert caret is not None
    assert (caret.line, caret.column) == (line, column)
    assert written[caret.at :].startswith("Nam")
    assert caret.pointer.index("^") == column


def test_what_names_no_place_has_no_caret() -> None:
    assert explorer.caret_in("SELECT Id FROM Account", "The org is gone.") is None
    assert explorer.caret_in("SELECT", "ERROR at Row:7:Column:1\nWhat?") is None
    far = explorer.caret_in("SELECT Id", "ERROR at Row:1:Column:900\nWhat?")
    assert far is not None
    assert far.at <= len("SELECT Id")


@pytest.mark.django_db
def test_the_page_points_at_it(connected_org: Org) -> None:
    ada = browser_of(person("ada", "*"))
    typed = "\r\n SELECT Id,\r\n  Nope FROM Account"
    given = {"orgs": [connected_org.pk], "soql": typed}
    page = ada.post("/admin/sfconnector/org/explore/query/", given).content.decode()
    at = typed.replace("\r\n", "\n").index("Nope")
    assert f'data-sf-caret="{at}"' in page
    assert "  Nope FROM Account\n" in page
