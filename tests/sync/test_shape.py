from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfconnector.exceptions import InvalidRequest
from sfconnector.sync import moments
from sfconnector.sync.shape import Field, cursor_field, make_shape

ID = Field("Id", "id")
STAMP = Field("SystemModstamp", "datetime")
DELETED = Field("IsDeleted", "boolean")
NAME = Field("Name", "string")
ACCOUNT = [
    ID,
    DELETED,
    NAME,
    Field("OwnerId", "reference", relationship="Owner"),
    STAMP,
]
SINCE = datetime(2026, 5, 1, 7, 25, 37, tzinfo=UTC)

names = st.from_regex(r"[A-Z][a-z]{1,8}(__c)?", fullmatch=True)
types = st.sampled_from(["string", "double", "base64", "address", "datetime"])
fields = st.lists(
    st.builds(Field, names, types, st.booleans(), st.booleans(), st.booleans()),
    unique_by=lambda field: field.name.lower(),
)


def test_without_a_choice_every_readable_field_is_read():
    described = [
        *ACCOUNT,
        Field("Body", "base64"),
        Field("Secret__c", "string", is_masked=True),
    ]
    shape = make_shape("Account", described)
    assert shape.fields == ("Id", "Name", "OwnerId", "IsDeleted", "SystemModstamp")
    assert (shape.cursor_field, shape.with_deleted) == ("SystemModstamp", True)


def test_what_the_sync_needs_is_read_whatever_was_chosen():
    shape = make_shape("Account", ACCOUNT, chosen=["name", "owner.name", "Gone__c"])
    assert shape.fields == ("Id", "Name", "Owner.name", "IsDeleted", "SystemModstamp")
    assert shape.dropped == ("Gone__c",)


@given(fields, st.lists(names))
def test_a_shape_reads_known_unmasked_fields_once_and_the_id_first(described, chosen):
    shape = make_shape("Thing", [ID, *described], chosen=chosen)
    known = {f.name for f in described if not f.is_masked} | {"Id"}
    assert shape.fields[0] == "Id"
    assert set(shape.fields) <= known
    assert len(set(shape.fields)) == len(shape.fields)
    lower = {name.lower() for name in (*shape.fields, *shape.dropped)}
    assert {name.lower() for name in chosen} <= lower


@given(fields)
def test_the_definition_differs_exactly_when_the_answer_does(described):
    one = make_shape("Thing", [ID, *described])
    other = make_shape("Thing", [ID, *described], where="Name != 'x'")
    assert one.definition == make_shape("Thing", [ID, *described]).definition
    assert one.definition != other.definition


@pytest.mark.parametrize(
    ("known", "found"),
    [
        (["SystemModstamp", "LastModifiedDate", "CreatedDate"], "SystemModstamp"),
        (["LastModifiedDate", "CreatedDate"], "LastModifiedDate"),
        (["CreatedDate"], "CreatedDate"),
        (["LoginTime"], "LoginTime"),
        ([], ""),
    ],
)
def test_changes_are_found_by_the_best_field_there_is(known, found):
    assert cursor_field([Field(name, "datetime") for name in known]) == found


def test_a_field_that_cannot_be_filtered_is_no_cursor():
    assert cursor_field([Field("SystemModstamp", "datetime", False)]) == ""


def test_queries_are_ordered_so_that_they_can_be_taken_up_again():
    shape = make_shape("Account", ACCOUNT, chosen=["Name"], where="Name != 'x'")
    assert shape.full(after_id="001000000000001AAA").endswith(
        "FROM Account WHERE (Name != 'x') AND (Id > '001000000000001AAA') ORDER BY Id"
    )
    assert shape.changes(since=SINCE, after=(SINCE, "001000000000001AAA")).endswith(
        "ORDER BY SystemModstamp, Id"
    )
    assert "SystemModstamp >= 2026-05-01T07:25:37Z" in shape.changes(since=SINCE)
    assert "ORDER BY" not in shape.for_bulk(since=SINCE)


def test_bulk_reads_the_parts_of_a_compound():
    described = [
        ID,
        Field("BillingAddress", "address"),
        Field("BillingCity", "string", compound="BillingAddress"),
    ]
    shape = make_shape("Account", described, chosen=["BillingAddress"])
    assert shape.fields == ("Id", "BillingAddress")
    assert shape.bulk_fields == ("Id", "BillingCity")


def test_the_overlap_looks_back_from_the_cursor():
    back = moments.since("2026-05-01T07:25:37.000+0000", overlap_minutes=10)
    assert back == datetime(2026, 5, 1, 7, 15, 37, tzinfo=UTC)


def test_an_object_without_an_id_is_refused_with_advice():
    with pytest.raises(InvalidRequest) as error:
        make_shape("Odd", [NAME])
    assert "SOQL plan" in error.value.remedy


@pytest.mark.parametrize("where", ["Name = 'x", "(a = 1", "a = 1 LIMIT 5"])
def test_a_filter_that_is_no_condition_is_refused(where):
    with pytest.raises(InvalidRequest):
        make_shape("Account", ACCOUNT, where=where)


def test_a_big_object_is_refused_with_advice():
    with pytest.raises(InvalidRequest, match="big object") as error:
        make_shape("Rider__b", ACCOUNT)
    assert "SOQL plan" in error.value.remedy
