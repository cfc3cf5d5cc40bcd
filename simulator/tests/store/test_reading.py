from __future__ import annotations

import gc
import resource
import sys
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesforce_simulator import ids
from salesforce_simulator.schema import Row
from salesforce_simulator.store import Store, StoreError
from store.orgs import Clock, new_store, user_of

STAMPS = ["Id", "SystemModstamp", "LastModifiedDate", "CreatedDate"]


def stirred() -> Store:
    """A store whose accounts were changed, added, deleted and purged."""
    clock = Clock()
    store = new_store(clock, Account=120)
    user = user_of(store)
    rows = store.slice("Account", 0, 120)
    for number in (3, 17, 40, 41, 42, 99, 119):
        clock.pass_seconds(61)
        store.update("Account", rows[number]["Id"], {"Site": "x"}, user_id=user)
    for number in range(15):
        clock.pass_seconds(number % 2)
        store.insert("Account", {"Name": f"New {number}"}, user_id=user)
    for number in (0, 41, 60, 118):
        store.delete("Account", rows[number]["Id"], user_id=user)
    for number in (5, 6, 7, 60):
        store.hard_delete("Account", rows[number]["Id"])
    with suppress(RuntimeError), store.transaction() as change:
        change.insert("Account", {"Name": "never"}, user_id=user)
        raise RuntimeError
    store.insert("Account", {"Name": "Last"}, user_id=user)
    return store


STIRRED = stirred()
EVERY = list(STIRRED.scan("Account", include_deleted=True))
LIVE = [row for row in EVERY if not row["IsDeleted"]]


def visible(*, include_deleted: bool) -> list[Row]:
    return EVERY if include_deleted else LIVE


def test_the_stirred_org_has_all_that_was_done_to_it() -> None:
    assert len(LIVE) == 120 + 16 - 3 - 4
    assert [row["Id"] for row in EVERY] == sorted(row["Id"] for row in EVERY)
    assert len({row["Id"] for row in EVERY}) == len(EVERY)
    assert len(EVERY) > len(LIVE) + 2


@given(
    start=st.integers(0, 150),
    length=st.none() | st.integers(-5, 150),
    include_deleted=st.booleans(),
    reverse=st.booleans(),
)
def test_a_slice_by_position_is_the_slice_of_the_list(
    start: int, length: int | None, include_deleted: bool, reverse: bool
) -> None:
    stop = None if length is None else max(start + length, 0)
    rows = visible(include_deleted=include_deleted)
    if reverse:
        rows = rows[::-1]
    stop_after = None if stop is None else max(stop, start)
    got = STIRRED.scan(
        "Account",
        start=start,
        stop=stop_after,
        include_deleted=include_deleted,
        reverse=reverse,
    )
    assert list(got) == rows[start:stop_after]


@given(
    place=st.integers(0, len(EVERY) - 1),
    include_deleted=st.booleans(),
    short=st.booleans(),
    start=st.integers(0, 3),
)
def test_reading_on_after_an_id_gives_the_rest(
    place: int, include_deleted: bool, short: bool, start: int
) -> None:
    after = EVERY[place]["Id"]
    got = STIRRED.scan(
        "Account",
        after_id=after[:15] if short else after,
        include_deleted=include_deleted,
        start=start,
    )
    rows = visible(include_deleted=include_deleted)
    assert list(got) == [row for row in rows if row["Id"] > after][start:]


@settings(max_examples=300)
@given(
    field=st.sampled_from(STAMPS),
    low=st.none() | st.integers(0, len(EVERY) - 1),
    high=st.none() | st.integers(0, len(EVERY) - 1),
    shift=st.sampled_from(["", "~"]),
    include_deleted=st.booleans(),
    reverse=st.booleans(),
)
def test_a_range_is_what_a_filter_over_all_rows_gives(
    field: str,
    low: int | None,
    high: int | None,
    shift: str,
    include_deleted: bool,
    reverse: bool,
) -> None:
    least = None if low is None else EVERY[low][field]
    most = None if high is None else EVERY[high][field] + shift
    wanted = [
        row
        for row in sorted(EVERY, key=lambda row: (row[field], row["Id"]))
        if (least is None or row[field] >= least)
        and (most is None or row[field] < most)
        and (include_deleted or not row["IsDeleted"])
    ]
    got = STIRRED.scan_range(
        "Account",
        field,
        least,
        most,
        include_deleted=include_deleted,
        reverse=reverse,
    )
    assert list(got) == (wanted[::-1] if reverse else wanted)


def test_counts_agree_with_what_is_read() -> None:
    assert STIRRED.count("Account") == len(LIVE)
    assert STIRRED.count("account", include_deleted=True) == len(EVERY)


def test_a_row_is_found_by_its_15_or_18_characters() -> None:
    row = LIVE[7]
    assert STIRRED.get("Account", row["Id"]) == row
    assert STIRRED.get("Account", row["Id"][:15]) == row


@pytest.mark.parametrize(
    "text", ["", "junk", "001000000000000", "é" * 18, "00300000000000A"]
)
def test_an_id_that_leads_nowhere_gives_none(text: str) -> None:
    assert STIRRED.get("Account", text) is None


def test_a_deleted_row_is_given_only_on_request() -> None:
    gone = next(row for row in EVERY if row["IsDeleted"])
    assert STIRRED.get("Account", gone["Id"]) is None
    assert STIRRED.get("Account", gone["Id"], include_deleted=True) == gone


def test_a_range_by_another_field_is_refused() -> None:
    with pytest.raises(ValueError, match="no order"):
        STIRRED.scan_range("Account", "Name", "a", "b")


@pytest.mark.parametrize("name", ["", "Nothing", "Account'--", "\N{PILE OF POO}"])
def test_an_unknown_object_is_refused_as_salesforce_does(name: str) -> None:
    with pytest.raises(StoreError) as caught:
        STIRRED.count(name)
    assert caught.value.code == "INVALID_TYPE"


def test_objects_without_rows_are_empty() -> None:
    assert STIRRED.count("Topic") == 0
    assert list(STIRRED.scan("AccountHistory")) == []


def test_a_reader_that_began_before_a_change_does_not_see_it() -> None:
    store = new_store(Account=50)
    user = user_of(store)
    reader = store.scan("Account")
    first = next(reader)
    rows = store.slice("Account", 1, 50)
    store.delete("Account", rows[0]["Id"], user_id=user)
    store.update("Account", rows[1]["Id"], {"Name": "Changed"}, user_id=user)
    store.insert("Account", {"Name": "New"}, user_id=user)
    assert [first, *reader] == [first, *rows]
    assert store.count("Account") == 50


def test_rows_are_found_by_value_without_regard_to_case() -> None:
    store = new_store(Account=50)
    user = user_of(store)
    row = store.insert(
        "Account", {"Name": "Find me", "ERP_Number__c": "Own-1"}, user_id=user
    )
    assert store.find("Account", "erp_number__c", "OWN-1") == [row]
    assert store.find("Account", "ERP_Number__c", "erp-0000007") == [
        store.slice("Account", 6, 7)[0]
    ]
    assert store.find("Account", "Name", "FIND ME") == [row]
    assert store.find("Account", "Nothing__c", "x") == []
    assert store.find("Account", "Name", None) == []


def test_a_changed_value_is_found_under_its_new_name_only() -> None:
    store = new_store(Account=50)
    user = user_of(store)
    row = store.slice("Account", 6, 7)[0]
    store.update("Account", row["Id"], {"ERP_Number__c": "Other"}, user_id=user)
    assert store.find("Account", "ERP_Number__c", "ERP-0000007") == []
    assert [one["Id"] for one in store.find("Account", "ERP_Number__c", "other")] == [
        row["Id"]
    ]


def test_what_is_looked_for_may_come_as_text() -> None:
    store = new_store(Contact=50)
    contact = next(row for row in store.scan("Contact") if row["AccountId"])
    short = contact["AccountId"][:15]
    assert contact in store.find("Contact", "AccountId", short)
    wanted = {row["Id"] for row in store.scan("Lead") if row["Score__c"] == 50}
    assert {row["Id"] for row in store.find("Lead", "Score__c", "50")} == wanted


def test_a_case_sensitive_field_is_compared_exactly() -> None:
    store = new_store(Shipment__c=10)
    assert len(store.find("Shipment__c", "Tracking_Number__c", "TRK000000003")) == 1
    assert store.find("Shipment__c", "Tracking_Number__c", "trk000000003") == []


def test_a_million_accounts_take_no_time_and_little_memory() -> None:
    started = time.perf_counter()
    store = new_store(Account=1_000_000)
    assert store.count("Account") == 1_000_000
    rows = store.slice("Account", 987_654, 987_664)
    assert len(rows) == 10
    middle = rows[5]
    assert store.get("Account", middle["Id"]) == middle
    after = store.scan_range("Account", "SystemModstamp", middle["SystemModstamp"])
    assert next(after)["SystemModstamp"] == middle["SystemModstamp"]
    assert (
        store.find("Account", "ERP_Number__c", "ERP-0500000")[0]["Id"]
        == (store.slice("Account", 499_999, 500_000)[0]["Id"])
    )
    assert time.perf_counter() - started < 5


def test_reading_many_rows_one_by_one_keeps_memory_flat() -> None:
    store = new_store(Account=1_000_000)
    for _ in store.scan("Account", stop=2_000):
        pass
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    count = sum(1 for _ in store.scan("Account", start=500_000, stop=540_000))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert count == 40_000
    assert grown < 30_000 * (1024 if sys.platform == "darwin" else 1)


def test_ids_of_all_objects_are_valid() -> None:
    store = new_store()
    for name in ("Account", "Shipment__c", "User", "Organization"):
        for row in store.scan(name, stop=20):
            assert ids.is_id(row["Id"])
            assert len(row["Id"]) == 18
