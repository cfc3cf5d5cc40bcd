from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from salesforce_simulator.store import Store, StoreError
from store.orgs import Clock, user_of


def test_a_late_commit_shows_rows_older_than_their_visibility(
    store: Store, user: str, clock: Clock
) -> None:
    row = store.slice("Account", 5, 6)[0]
    with store.late_commit() as change:
        new = change.insert("Account", {"Name": "Late"}, user_id=user)
        change.update("Account", row["Id"], {"Name": "Late too"}, user_id=user)
        clock.pass_seconds(300)
        other = store.insert("Account", {"Name": "Meanwhile"}, user_id=user)
        assert store.get("Account", new["Id"]) is None
        assert store.count("Account") == 41
        assert store.slice("Account", 5, 6) == [row]
        assert change.get("Account", new["Id"]) == new
    late = store.get("Account", new["Id"])
    assert late is not None
    assert late["SystemModstamp"] == "2026-06-01T12:00:00.000+0000"
    assert late["SystemModstamp"] < other["SystemModstamp"]
    changed = store.get("Account", row["Id"])
    assert changed is not None
    assert changed["Name"] == "Late too"
    since = list(store.scan_range("Account", "SystemModstamp", other["SystemModstamp"]))
    assert since == [other]


def test_a_late_commit_keeps_what_others_changed_meanwhile(
    store: Store, user: str
) -> None:
    row = store.slice("Account", 5, 6)[0]
    with store.late_commit() as change:
        change.update("Account", row["Id"], {"Name": "Mine"}, user_id=user)
        store.update("Account", row["Id"], {"Phone": "theirs"}, user_id=user)
    after = store.slice("Account", 5, 6)[0]
    assert (after["Name"], after["Phone"]) == ("Mine", "theirs")


def test_a_failed_transaction_leaves_nothing(store: Store, user: str) -> None:
    before = list(store.scan("Account", include_deleted=True))

    def fail_at_last() -> None:
        with store.transaction() as change:
            change.insert("Account", {"Name": "x"}, user_id=user)
            change.delete("Account", before[0]["Id"], user_id=user)
            change.hard_delete("Account", before[1]["Id"])
            change.update("Account", "001junk", {"Name": "y"}, user_id=user)

    with pytest.raises(StoreError):
        fail_at_last()
    assert list(store.scan("Account", include_deleted=True)) == before


def test_rows_of_one_transaction_can_refer_to_each_other(
    store: Store, user: str
) -> None:
    with store.transaction() as change:
        account = change.insert("Account", {"Name": "x"}, user_id=user)["Id"]
        values = {"LastName": "y", "AccountId": account}
        contact = change.insert("Contact", values, user_id=user)["Id"]
    row = store.get("Contact", contact)
    assert row is not None
    assert row["AccountId"] == account


def test_atomic_changes_show_at_once_and_are_undone_together(
    store: Store, user: str
) -> None:
    before = list(store.scan("Account", include_deleted=True))
    deleted = store.deleted_ids("Account", "2000", "3000")

    def fail_at_last() -> None:
        with store.atomic():
            new = store.insert("Account", {"Name": "x"}, user_id=user)
            assert store.get("Account", new["Id"]) == new
            store.update("Account", before[0]["Id"], {"Name": "y"}, user_id=user)
            store.delete("Account", before[1]["Id"], user_id=user)
            with store.atomic():
                store.hard_delete("Account", before[2]["Id"])
            store.insert("Account", {}, user_id=user)

    with pytest.raises(StoreError):
        fail_at_last()
    assert list(store.scan("Account", include_deleted=True)) == before
    assert store.deleted_ids("Account", "2000", "3000") == deleted


def write_many(store: Store, user: str) -> None:
    for number in range(60):
        row = store.insert("Account", {"Name": f"n{number}"}, user_id=user)
        store.update("Account", row["Id"], {"Site": f"n{number}"}, user_id=user)
        if number % 3 == 0:
            store.delete("Account", row["Id"], user_id=user)


def is_torn(store: Store) -> bool:
    found = [row["Id"] for row in store.scan("Account", include_deleted=True)]
    ordered = store.scan_range("Account", "SystemModstamp")
    stamps = [(row["SystemModstamp"], row["Id"]) for row in ordered]
    return found != sorted(set(found)) or stamps != sorted(stamps)


def test_threads_that_read_and_write_at_once_see_whole_rows(store: Store) -> None:
    user = user_of(store)
    with ThreadPoolExecutor(max_workers=5) as pool:
        writers = [pool.submit(write_many, store, user) for _ in range(3)]
        while not all(writer.done() for writer in writers):
            readers = [pool.submit(is_torn, store) for _ in range(2)]
            assert not any(reader.result() for reader in readers)
        for writer in writers:
            writer.result()
    assert store.count("Account") == 40 + 3 * 40
