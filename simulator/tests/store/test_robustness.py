from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesforce_simulator.schema import Row, SObjectType, standard_schema
from salesforce_simulator.store import StoreError
from store.orgs import new_store, user_of

STORE = new_store()
USER = user_of(STORE)
ACCOUNT = STORE.slice("Account", 0, 1)[0]["Id"]
WRITABLE = ("Account", "Contact", "Opportunity", "Case", "Shipment__c", "Attachment")
FIELDS = sorted(
    {
        field.name
        for name in WRITABLE
        for field in (
            standard_schema().object(name) or pytest.fail(name)
        ).fields.values()
    }
)
TYPES = {
    "boolean": bool,
    "int": int,
    "double": float,
    "currency": float,
    "percent": float,
}

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(
        [ACCOUNT, ACCOUNT[:15], USER, "2026-02-30", "1e400", "nan", "-0"]
    ),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)
values = st.dictionaries(
    st.sampled_from(FIELDS) | st.text(max_size=8), anything, max_size=5
)
enough = {
    "Account": {"Name": "x"},
    "Contact": {"LastName": "x"},
    "Opportunity": {"Name": "x", "StageName": "y", "CloseDate": "2026-01-01"},
    "Attachment": {"Name": "x", "ParentId": ACCOUNT, "Body": ""},
}


def outcome(verb: Callable[[], Any]) -> Any:
    """What a verb returns, or the refusal it raises."""
    try:
        return verb()
    except StoreError as error:
        return error


def check_types(one: SObjectType, row: Row) -> None:
    json.dumps(row, allow_nan=False)
    for field in one.fields.values():
        value = row.get(field.name)
        expected = TYPES.get(field.type, str)
        assert field.compound or value is None or isinstance(value, expected), (
            field.name
        )
        one.value(row, field)


@settings(max_examples=300, deadline=None)
@given(name=st.sampled_from(WRITABLE), given_values=values)
def test_any_values_are_stored_in_the_right_types_or_refused(
    name: str, given_values: dict[str, object]
) -> None:
    one = STORE.schema.object(name)
    assert one is not None
    known = {key: value for key, value in given_values.items() if one.field(key)}
    for attempt in (given_values, enough.get(name, {}) | known):
        result = outcome(partial(STORE.insert, name, attempt, user_id=USER))
        if isinstance(result, StoreError):
            assert result.code.isupper()
            assert result.message
        else:
            check_types(one, result)


@given(
    name=st.sampled_from(WRITABLE) | st.text(max_size=5),
    field=st.sampled_from(FIELDS) | st.text(max_size=5),
    value=anything,
)
def test_looking_for_anything_anywhere_finds_rows_or_is_refused(
    name: str, field: str, value: object
) -> None:
    result = outcome(partial(STORE.find, name, field, value))
    if isinstance(result, StoreError):
        assert result.code == "INVALID_TYPE"
    else:
        assert all(row["IsDeleted"] is False for row in result)


@given(record_id=st.text(max_size=20), name=st.sampled_from(WRITABLE))
def test_any_text_as_an_id_is_refused_and_changes_nothing(
    record_id: str, name: str
) -> None:
    before = STORE.revision
    assert STORE.get(name, record_id) is None
    for change in (
        lambda: STORE.update(name, record_id, {}, user_id=USER),
        lambda: STORE.delete(name, record_id, user_id=USER),
        lambda: STORE.undelete(name, record_id, user_id=USER),
        lambda: STORE.hard_delete(name, record_id),
    ):
        with pytest.raises(StoreError):
            change()
    assert STORE.revision == before
