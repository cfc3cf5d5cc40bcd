"""Nothing that is put into a query gets out of its quotes."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfconnector.exceptions import InvalidRequest
from sfconnector.salesforce import soql

MOMENT = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
UNESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
TEXTS = st.text(st.characters(codec="utf-8"))


def read_back(literal: str) -> str:
    """Read a SOQL string literal as the grammar of the SOQL reference says."""
    assert literal[0] == literal[-1] == "'"
    out, rest = [], literal[1:-1]
    while rest:
        if rest[0] == "\\" and rest[1] == "u":
            out.append(chr(int(rest[2:6], 16)))
            rest = rest[6:]
        elif rest[0] == "\\":
            assert rest[1] in "nrtbf\"'\\%_"
            out.append(UNESCAPES.get(rest[1], rest[1]))
            rest = rest[2:]
        else:
            assert rest[0] not in "'\n\r"
            out.append(rest[0])
            rest = rest[1:]
    return "".join(out)


@given(TEXTS)
def test_a_quoted_text_reads_back_as_itself(text: str) -> None:
    made = soql.quote(text)
    assert read_back(made) == text
    assert not set(made) & set("\n\r\t\b\f"), "each of them has an escape"


@given(TEXTS)
def test_a_text_for_like_holds_no_wildcard_of_its_own(text: str) -> None:
    made = soql.like(text)
    inner = "'" + made[2:-2] + "'"
    assert made.startswith("'%")
    assert made.endswith("%'")
    assert read_back(inner) == text
    bare = re.sub(r"\\u[0-9a-f]{4}|\\.", "", inner, flags=re.DOTALL)
    assert not set(bare) & {"%", "_"}


def test_the_escapes_are_those_of_the_reference() -> None:
    assert soql.quote('O\'Hara \\ "x"\n\t\x00') == (
        "'O\\'Hara \\\\ \\\"x\\\"\\n\\t\\u0000'"
    )
    assert soql.quote("\r\b\f") == "'\\r\\b\\f'"
    assert soql.like("50%_", before="") == "'50\\%\\_%'"


def test_half_a_character_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="half of a character"):
        soql.quote("\ud800")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (-2.5, "-2.5"),
        (1e21, "1000000000000000000000"),
        (Decimal("0.10"), "0.10"),
        ("it's", "'it\\'s'"),
        (date(2026, 5, 1), "2026-05-01"),
        (MOMENT, "2026-05-01T12:00:00Z"),
        (MOMENT + timedelta(milliseconds=5), "2026-05-01T12:00:00.005Z"),
        (MOMENT.astimezone(timezone(timedelta(hours=2))), "2026-05-01T12:00:00Z"),
        (["a", "b"], "('a', 'b')"),
    ],
)
def test_values_become_typed_literals(value: object, expected: str) -> None:
    assert soql.literal(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        Decimal("Infinity"),
        [],
        object(),
        b"x",
        MOMENT.replace(tzinfo=None),
    ],
)
def test_what_has_no_literal_is_refused(value: object) -> None:
    with pytest.raises(InvalidRequest):
        soql.literal(value)


@pytest.mark.parametrize(
    "name", ["Account", "My__c", "ns__My__c", "Account.Owner.Name", "Foo__r.Bar__c"]
)
def test_names_of_objects_and_fields_pass(name: str) -> None:
    assert soql.identifier(name) == name


@pytest.mark.parametrize(
    "name",
    ["", "1a", "a b", "a,b", "a;b", "a'b", "Id FROM Account--", "a.", ".a", "a..b",
     "COUNT(Id)", "a\n", "é", "a.b.c.d.e.f.g", "x" * 81],
)  # fmt: skip
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest, match="not a name"):
        soql.identifier(name)


def test_a_query_is_composed_of_its_parts() -> None:
    made = soql.compose(
        select=["Id", "Owner.Name"],
        from_="Account",
        where=soql.window("SystemModstamp", start=MOMENT, end=None),
        order_by=("SystemModstamp", "Id desc"),
        limit=10,
        offset=5,
    )
    assert made == (
        "SELECT Id, Owner.Name FROM Account "
        "WHERE SystemModstamp >= 2026-05-01T12:00:00Z "
        "ORDER BY SystemModstamp, Id DESC LIMIT 10 OFFSET 5"
    )


def test_a_keyset_condition_goes_on_after_a_moment_and_an_id() -> None:
    assert soql.after("SystemModstamp", moment=MOMENT, last_id="001A") == (
        "((SystemModstamp = 2026-05-01T12:00:00Z) AND (Id > '001A'))"
        " OR (SystemModstamp > 2026-05-01T12:00:00Z)"
    )
    assert soql.after_id("001A") == "Id > '001A'"


def test_conditions_are_joined_in_parentheses() -> None:
    assert soql.all_of("", "a = 1", "b = 2 OR c = 3") == "(a = 1) AND (b = 2 OR c = 3)"
    assert soql.any_of("a = 1", "") == "a = 1"
    assert soql.all_of() == ""


@pytest.mark.parametrize(
    "call",
    [
        lambda: soql.compose(select=[], from_="Account"),
        lambda: soql.compose(select=["Id"], from_="Account", order_by=["Id; DROP"]),
        lambda: soql.compose(select=["Id"], from_="A", where="x" * 100_001),
        lambda: soql.compare("Id", "LIKE '%' OR Id =", "x"),
    ],
)
def test_what_is_no_query_is_refused(call: object) -> None:
    with pytest.raises(InvalidRequest):
        call()


@pytest.mark.parametrize(
    "text",
    [
        "Name = 'x'",
        "Name = 'it\\'s (' AND Amount > 5",
        "(A__c = 1 OR B__c = 2) AND Id IN (SELECT AccountId FROM Contact)",
        "Name LIKE 'ORDER BY%'",
        "Group.Name = 'x' AND Limit__c = 1",
        " IsDeleted = false ",
    ],
)
def test_a_hand_written_filter_that_is_one_condition_passes(text: str) -> None:
    assert soql.check_filter(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    ["Name = 'x", "a = 1) OR (b = 2", "(a = 1", "a = 1 LIMIT 5", "a = 1 order by Id",
     "a = 1 ALL ROWS", "a = 'x\\' OR b = 'y'"],
)  # fmt: skip
def test_a_filter_that_would_change_the_query_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        soql.check_filter(text)


FIELDS = [f"Rather_Long_Custom_Field_Name_{number:04}__c" for number in range(800)]


def test_a_wide_field_list_is_split_so_that_each_query_fits() -> None:
    rest = soql.compose(select=["Id"], from_="Account", where=soql.after_id("001A"))
    lists = soql.split(FIELDS, rest=rest, always=("Id", "SystemModstamp"))
    assert len(lists) > 1
    assert [name for one in lists for name in one[2:]] == FIELDS
    for one in lists:
        assert one[:2] == ["Id", "SystemModstamp"]
        made = soql.compose(select=one, from_="Account", where=soql.after_id("001A"))
        assert soql.fits(made)


@given(
    st.lists(st.from_regex(r"\A[A-Za-z][A-Za-z0-9_]{0,40}\Z"), max_size=60),
    st.integers(300, 2_000),
)
def test_a_split_loses_no_field_and_no_list_is_too_wide(
    fields: list[str], room: int
) -> None:
    rest = soql.compose(select=["Id"], from_="Account")
    lists = soql.split(fields, rest=rest, room=room)
    wanted = [name for name in dict.fromkeys(fields) if name != "Id"]
    assert [name for one in lists for name in one if name != "Id"] == wanted
    for one in lists:
        assert soql.needs(soql.compose(select=one, from_="Account")) <= room


def test_a_filter_that_leaves_no_room_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="too long for an address"):
        soql.split(["Name"], rest="x" * 20_000)


def test_counting_selects_nothing_but_the_count() -> None:
    assert soql.count("Account") == "SELECT COUNT() FROM Account"
    assert soql.count("Account", where="Id > '0'") == (
        "SELECT COUNT() FROM Account WHERE Id > '0'"
    )
