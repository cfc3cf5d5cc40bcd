from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from store.orgs import Clock, new_store

from salesforce_simulator.schema import Field, Row, standard_schema
from salesforce_simulator.seed import DEFAULT_RECORDS
from salesforce_simulator.store import Store

PYTHON_TYPES = {
    "boolean": bool,
    "int": int,
    "double": float,
    "currency": float,
    "percent": float,
}
STORES = {seed: new_store(seed=seed) for seed in (1, 2)}


def every_row(store: Store) -> list[tuple[str, Row]]:
    return [
        (one.name, row)
        for one in store.schema.objects()
        for row in store.scan(one.name, include_deleted=True)
    ]


def problem(store: Store, field: Field, value: object) -> str:
    if value is None:
        return "" if field.nillable else "null"
    if type(value) is not PYTHON_TYPES.get(field.type, str):
        return f"of type {type(value)}"
    if field.type == "reference":
        return reference_problem(store, field, str(value))
    if field.restricted_picklist and value not in field.picklist_values:
        return "not in the picklist"
    return "too long" if field.length and len(str(value)) > field.length else ""


def reference_problem(store: Store, field: Field, record_id: str) -> str:
    target = store.schema.by_prefix(record_id)
    if target is None or target.name not in field.reference_to:
        return "of the wrong object"
    return "" if store.get(target.name, record_id) else "of no live row"


def misfits(store: Store, name: str, row: Row) -> list[tuple[str, str, object, str]]:
    one = store.schema.object(name)
    assert one is not None
    stored = [field for field in one.fields.values() if field.stored]
    checked = [(field.name, problem(store, field, row[field.name])) for field in stored]
    return [(name, field, row[field], wrong) for field, wrong in checked if wrong]


@pytest.mark.parametrize("seed", STORES)
def test_every_value_of_every_row_fits_its_field(seed: int) -> None:
    store = STORES[seed]
    found = [misfits(store, name, row) for name, row in every_row(store)]
    assert [one for one in found if one] == []


def test_the_same_seed_gives_the_same_rows() -> None:
    again = new_store(seed=1)
    assert every_row(again) == every_row(STORES[1])


def test_another_seed_gives_another_org() -> None:
    one, two = ({row["Name"] for row in STORES[n].scan("Account")} for n in (1, 2))
    assert len(one & two) < len(one) / 3
    first, second = (next(STORES[n].scan("Organization")) for n in (1, 2))
    assert first["Id"] != second["Id"]
    assert first["Name"] != second["Name"]


def test_the_rows_do_not_depend_on_the_day() -> None:
    schema = standard_schema()  # one, for rows of setup bear the moment of its making

    def org(day: datetime) -> Store:
        return Store(schema, seed=1, clock=lambda: day)

    late, later = (
        org(datetime(2027, month, 5, 3, 2, 1, tzinfo=UTC)) for month in (2, 8)
    )
    assert every_row(late) == every_row(later)


def test_no_seeded_row_lies_in_the_future() -> None:
    now = "2026-06-01T12:00:00.000+0000"
    for name, row in every_row(STORES[1]):
        assert row.get("SystemModstamp", "") <= now, name


def test_nothing_is_changed_before_it_is_made() -> None:
    for name, row in every_row(STORES[2]):
        if "CreatedDate" in row and "SystemModstamp" in row:
            assert row["CreatedDate"] <= row["SystemModstamp"], name


@pytest.mark.parametrize("count", [1, 2, 7, 20, 100, 3_000])
def test_stamps_rise_with_the_ids_of_any_number_of_rows(count: int) -> None:
    store = new_store(Contact=count)
    rows = store.slice("Contact", 0, count)
    assert len(rows) == count
    for field in ("Id", "CreatedDate", "LastModifiedDate", "SystemModstamp"):
        values = [row[field] for row in rows]
        assert values == sorted(values)


def test_some_rows_share_their_stamp() -> None:
    rows = new_store(Contact=3_000).slice("Contact", 0, 3_000)
    assert len({row["SystemModstamp"] for row in rows}) < 2_900


def test_each_object_starts_with_the_number_asked_for() -> None:
    store = new_store(Account=33, contact=0)
    assert store.count("Account") == 33
    assert store.count("Contact") == 0
    assert store.count("Lead") == DEFAULT_RECORDS["Lead"]
    assert store.count("Organization") == 1
    assert new_store(Topic=5).count("Topic") == 5
    assert new_store(Account=-1).count("Account") == 0


def test_the_recycle_bin_is_not_empty_at_the_start() -> None:
    store = STORES[1]
    gone = [
        row for row in store.scan("Account", include_deleted=True) if row["IsDeleted"]
    ]
    assert gone
    assert store.count("Account") == DEFAULT_RECORDS["Account"]
    known = dict(store.deleted_ids("Account", "2000", "3000"))
    assert known == {row["Id"]: row["SystemModstamp"] for row in gone}


def test_an_org_without_accounts_still_has_contacts() -> None:
    store = new_store(Account=0, Contact=30, Opportunity=30, Task=30)
    assert {row["AccountId"] for row in store.scan("Contact")} == {None}
    assert {row["AccountId"] for row in store.scan("Opportunity")} == {None}
    assert len(list(store.scan("Task"))) == 30


def test_texts_hold_what_breaks_careless_readers() -> None:
    rows = new_store(Account=1_500).scan("Account")
    text = "\x1e".join(str(row["Description"]) for row in rows)
    for piece in (
        '"',
        "\n",
        "\r\n",
        ",",
        ";",
        "<img src=x onerror",
        "🚀",
        "日本",
        "مرحبا",
    ):
        assert piece in text, piece
    assert "None" in text
    assert "\0" in text
    assert max(map(len, text.split("\x1e"))) > 8_000


def test_names_come_from_many_scripts() -> None:
    names = "".join(row["Name"] for row in new_store(Contact=3_000).scan("Contact"))
    for low, high in (("À", "ÿ"), ("一", "鿿"), ("ء", "ي"), ("가", "힣")):
        assert any(low <= char <= high for char in names), low


def test_people_write_from_the_domain_of_their_account() -> None:
    store = STORES[1]
    for row in store.scan("Contact"):
        account = store.get("Account", row["AccountId"] or "")
        if account and row["Email"]:
            assert account["Website"].endswith(row["Email"].partition("@")[2])


def test_accounts_have_names_of_their_own() -> None:
    names = [row["Name"] for row in new_store(Account=20_000).scan("Account")]
    assert len(set(names)) > 0.97 * len(names)


def test_rows_are_made_quickly() -> None:
    store = new_store(Account=1_000_000)
    store.slice("Account", 0, 100)
    started = time.thread_time()
    count = sum(1 for _ in store.scan("Account", start=100_000, stop=110_000))
    assert count / (time.thread_time() - started) > 15_000


def test_a_clock_that_stands_earlier_ends_the_past_earlier() -> None:
    clock = Clock()
    clock.now = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    store = new_store(clock)
    last = max(row["SystemModstamp"] for row in store.scan("Lead"))
    assert "2019-11" < last < "2020-01-02T00:00:01"


def test_rows_show_of_others_what_those_hold() -> None:
    store = STORES[1]
    for member in store.scan("CampaignMember"):
        who = store.get("Contact", member["ContactId"] or "") or store.get(
            "Lead", member["LeadId"] or ""
        )
        assert who is not None
        assert member["Name"] == who["Name"]
        assert member["Type"] == ("Contact" if member["ContactId"] else "Lead")
    emails = [
        (case["ContactEmail"], (store.get("Contact", case["ContactId"]) or {})["Email"])
        for case in store.scan("Case")
        if case["ContactId"]
    ]
    assert len(emails) > 100
    assert all(shown == own for shown, own in emails)
