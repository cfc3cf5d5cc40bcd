"""What a query names is found whatever it is wrapped in; the rest is refused."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfconnector.exceptions import InvalidRequest
from sfconnector.salesforce import soql


def named(text: str) -> set[str]:
    """Every way that a query names, with the object or relationship it begins at."""
    return {
        f"{name.of or (query.source if name.is_known else '?')}:{'.'.join(name.way)}"
        for query, _is_child in soql.read(text).walk()
        for name in query.names
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT Id, Phone FROM Contact", {"Contact:Id", "Contact:Phone"}),
        ("SELECT Phone p, COUNT(Id) n FROM Contact GROUP BY Phone", {"Contact:Phone"}),
        ("select max( PHONE ) x from Contact", {"Contact:PHONE"}),
        ("SELECT Id FROM Contact WHERE Phone LIKE '0%'", {"Contact:Phone"}),
        ("SELECT Id FROM Contact WHERE (NOT(Phone IN ('a')))", {"Contact:Phone"}),
        ("SELECT COUNT() FROM A GROUP BY B HAVING MIN(Phone)>'1'", {"A:Phone"}),
        ("SELECT Id FROM A ORDER BY Phone DESC NULLS LAST LIMIT 5", {"A:Phone"}),
        ("SELECT Id FROM A GROUP BY ROLLUP(Phone, B)", {"A:Phone"}),
        ("SELECT toLabel(Phone) FROM A USING SCOPE mine", {"A:Phone"}),
        ("SELECT Id, (SELECT Phone FROM Contacts) FROM Account", {"Contacts:Phone"}),
        (
            "SELECT Id FROM A WHERE Id IN (SELECT AId FROM Contact WHERE Phone='1')",
            {"Contact:Phone", "Contact:AId", "A:Id"},
        ),
        ("SELECT Account.Owner.Phone FROM Contact", {"Contact:Account.Owner.Phone"}),
        ("SELECT Group.Name, Order.Phone FROM X", {"X:Group.Name", "X:Order.Phone"}),
        ("SELECT Contact.Phone FROM Contact", {"Contact:Phone"}),
        ("SELECT c.Phone FROM Contact c", {"Contact:Phone"}),
        ("SELECT c.Phone FROM Account a, a.Contacts c", {"Account:Contacts.Phone"}),
        ("SELECT o.Phone FROM Contact AS c, c.Owner o", {"Contact:Owner.Phone"}),
        (
            "SELECT TYPEOF What WHEN Account THEN Phone, Fax ELSE Name END, Id FROM Event",
            {"Event:What", "Account:Phone", "Account:Fax", "?:Name"}
            | {"Event:Id"},
        ),
        ("SELECT Id FROM A WHERE D > 2026-01-01T00:00:00.000+01:00 AND Phone=''", {"A:Phone"}),
        ("SELECT Id FROM A WHERE D = LAST_N_DAYS:30 AND E > -1.5e3 AND Phone=NULL", {"A:Phone"}),
        ("SELECT Id FROM A WHERE B = 'it\\'s' AND Phone = 'x'", {"A:Phone"}),
        ("SELECT\tId\nFROM\nA\rWHERE\fPhone!=''", {"A:Phone"}),
    ],
)  # fmt: skip
def test_every_field_is_named_in_every_clause(text: str, expected: set[str]) -> None:
    assert expected <= named(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT Id FROM A WHERE B = 'Phone'",
        "SELECT Id FROM A WHERE B = '\\' OR Phone = \\''",
        "SELECT Id FROM Phone",
        "SELECT Id, (SELECT Id FROM Phone) FROM A",
    ],
)
def test_a_text_and_an_object_are_no_fields(text: str) -> None:
    assert not any(name.endswith("Phone") for name in named(text))


def test_a_child_is_told_from_a_condition() -> None:
    query = soql.read(
        "SELECT Id, (SELECT Id FROM Contacts) FROM Account"
        " WHERE Id IN (SELECT AccountId FROM Case)"
    )
    assert [(one.source, is_child) for one, is_child in query.walk()] == [
        ("Account", False),
        ("Contacts", True),
        ("Case", False),
    ]
    assert soql.read("SELECT FIELDS(ALL) FROM A LIMIT 1").takes_all
    assert not query.takes_all


@pytest.mark.parametrize(
    "text",
    [
        "", "SELECT", "SELECT Id", "Id FROM A", "SELECT Id FROM", "DELETE FROM A",
        "SELECT Id FROM A;", "SELECT Id FROM A -- x", "SELECT Id FROM A /* x */",
        "SELECT Id FROM A WHERE B = 'x", "SELECT Id FROM A WHERE B = 'x\\'",
        "SELECT (Id FROM A", "SELECT Id FROM A)", "SELECT Id FROM A WHERE (B = 1",
        "SELECT Id FROM A FROM B", "SELECT Id FROM A SELECT Id FROM B",
        "SELECT Ph\u00a0one FROM A", "SELECT Ph\u0131ne FROM A", 'SELECT "Id" FROM A',
        "SELECT A. FROM B", "SELECT .A FROM B", "SELECT A..C FROM B",
        "SELECT Id FROM A WHERE B = @{ref.id}", "SELECT Id FROM A WHERE B > 5Phone",
        "SELECT TYPEOF What WHEN Account THEN Phone FROM Event",
        "SELECT " + "(SELECT Id, " * 11 + "Id FROM A" + ")" * 11 + " FROM A",
        "SELECT Id FROM A WHERE " + "(" * 201 + "B = 1" + ")" * 201,
        "SELECT Id FROM A WHERE B IN ('" + "x" * 100_001 + "')",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        soql.read(text)
    assert str(caught.value)
    assert caught.value.remedy


PIECES = st.sampled_from(
    ["SELECT", "FROM", "WHERE", "(", ")", ",", ".", "Id", "A", "'x'", "'\\''", "=",
     "AND", "TYPEOF", "WHEN", "THEN", "ELSE", "END", "GROUP", "BY", "1", "COUNT", "AS"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=12), st.lists(PIECES, max_size=12))
def test_a_name_in_any_place_is_named_or_the_query_refused(
    before: list[str], after: list[str]
) -> None:
    """Wherever a field stands in a text that is read, it is found.

    As an object, an alias or a function it is none: these are the exceptions.
    """
    text = " ".join(["SELECT Id", *before, "Secret__c", *after])
    try:
        query = soql.read(text)
    except InvalidRequest:
        return
    found = {part for one, _ in query.walk() for name in one.names for part in name.way}
    kept = [word for word in text.replace(",", " , ").split() if word != "AS"]
    at = kept.index("Secret__c")
    is_source = "FROM" in kept[max(0, at - 6) : at] or kept[at - 1 : at] == ["WHEN"]
    is_function = kept[at + 1 : at + 2] == ["("]
    assert "Secret__c" in found or is_source or is_function


@given(st.text(alphabet="SELECTFROM '\\().,:=<>1-aé\n", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for reads in (soql.read, soql.check_filter, soql.on_one_line):
        with contextlib.suppress(InvalidRequest):
            reads(text)


def test_a_filter_is_read_as_a_condition_on_its_object() -> None:
    query = soql.read_filter("Contact.Phone LIKE '0%'", sobject="Contact")
    assert query.source == "Contact"
    assert ("Phone",) in [name.way for name in query.names]


def test_a_query_on_one_line_keeps_its_texts() -> None:
    assert soql.on_one_line("SELECT  Id\nFROM A WHERE B='x  y'") == (
        "SELECT Id FROM A WHERE B='x  y'"
    )
    assert soql.on_one_line(" no  'query ") == "no  'query"


@pytest.mark.parametrize(
    "hostile",
    [
        lambda n: "'" + "\\'" * n,
        lambda n: "SELECT Id FROM A WHERE B = '" + "\\'" * n,
        lambda n: "SELECT " + "a." * n,
        lambda n: "SELECT Id FROM A WHERE " + "a = 'x' AND " * n,
        lambda n: "SELECT " + "(" * n,
        lambda n: " " * n,
        lambda n: "SELECT " + "1" * n,
    ],
)
def test_reading_takes_time_in_line_with_the_length(hostile: object) -> None:
    assert longest(hostile, 16_000) < 4 * max(longest(hostile, 8_000), 0.0005)


def longest(make: object, length: int) -> float:
    """The best of five: what a busy machine adds is no finding."""
    text = make(length)[:99_000]
    taken = []
    for _ in range(5):
        began = time.process_time()
        for reads in (soql.read, soql.check_filter, soql.on_one_line):
            with contextlib.suppress(InvalidRequest):
                reads(text)
        taken.append(time.process_time() - began)
    return min(taken)
