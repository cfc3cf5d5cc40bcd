from __future__ import annotations

import json

import pytest
from django.db import DataError, connection, transaction

from sfconnector import records
from sfconnector.models import FieldChange, Record, SObject
from sfconnector.records.rows import Row, Target, content_hash
from tests.connections import bare_org

pytestmark = pytest.mark.django_db


@pytest.fixture
def org():
    org = bare_org()
    SObject.objects.create(org=org, name="Account")
    return org


@pytest.fixture
def target(org):
    return Target(org.pk, "Account")


def row(number: int, *, name: str = "Acme", deleted: bool = False, stamp=None) -> Row:
    record_id = f"001{number:012d}AAA"
    data = json.dumps({"Id": record_id, "Name": name, "Note": 'a\tb\\n"é☃'}).encode()
    return Row(
        record_id,
        Record.State.DELETED if deleted else Record.State.LIVE,
        stamp or "2026-05-01T07:25:37.000+0000",
        content_hash(data),
        data,
    )


def counts(target: Target) -> tuple[int, int]:
    sobject = SObject.objects.get(org=target.org_id, name=target.sobject)
    return sobject.live_count, sobject.total_count


def test_json_with_lines_tabs_and_backslashes_is_stored_as_it_is(target):
    sent = {
        "Id": "x",
        "Path": "C:\\new\\table",
        "Null": "\\N",
        "End": "\\.",
        "Two": "a\nb",
    }
    data = json.dumps(sent, indent="\t").replace("\n", "\r\n").encode()
    with transaction.atomic():
        records.fill(target, [row(1)._replace(data=data)])
        records.apply(target, [row(2)._replace(data=data)])
    assert [one.data for one in Record.objects.all()] == [sent, sent]


@pytest.mark.parametrize("store", [records.fill, records.apply])
def test_moments_and_numbers_are_stored_to_the_last_digit(target, store):
    stamps = {
        "1970-01-01T00:00:00.000+0000": "1970-01-01T00:00:00+00:00",
        "1999-12-31T23:59:59.999Z": "1999-12-31T23:59:59.999000+00:00",
        "2026-05-01T07:25:37.123456Z": "2026-05-01T07:25:37.123456+00:00",
        "9999-12-31T23:59:59Z": "9999-12-31T23:59:59+00:00",
        None: None,
    }
    hashes = [0, -1, 2**63 - 1, -(2**63), 7]
    rows = [
        row(number)._replace(stamp=stamp, content_hash=hash_)
        for number, (stamp, hash_) in enumerate(zip(stamps, hashes, strict=True))
    ]
    with transaction.atomic():
        store(target, rows)
    stored = list(Record.objects.order_by("record_id"))
    moments = [one.system_modstamp for one in stored]
    assert [one and one.isoformat() for one in moments] == [*stamps.values()]
    assert [one.content_hash for one in stored] == hashes


def test_a_moment_that_is_none_is_refused_by_the_writer_as_by_a_database(target):
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL and its writer look at moments")
    with pytest.raises(DataError), transaction.atomic():
        records.fill(target, [row(1, stamp="2026-13-01T00:00:00Z")])


def test_a_first_fill_stores_every_row_whole_and_counts_it(target):
    rows = [row(n) for n in range(1_201)]
    with transaction.atomic():
        applied = records.fill(target, rows)
    assert len(applied.created) == 1_201
    assert counts(target) == (1_201, 1_201)
    stored = Record.objects.get(record_id=rows[7].record_id)
    assert stored.data == json.loads(rows[7].data)
    assert stored.system_modstamp.isoformat() == "2026-05-01T07:25:37+00:00"
    assert stored.content_hash == rows[7].content_hash


def test_a_fill_that_meets_a_stored_row_compares_instead(target):
    with transaction.atomic():
        records.fill(target, [row(1)])
        applied = records.fill(target, [row(1), row(2)])
    assert (len(applied.created), applied.unchanged) == (1, 1)
    assert counts(target) == (2, 2)


def test_only_rows_that_differ_are_written(target, django_assert_max_num_queries):
    with transaction.atomic():
        records.fill(target, [row(n) for n in range(20)])
        applied = records.apply(target, [row(n) for n in range(20)])
    assert (applied.written, applied.unchanged) == (0, 20)
    before = Record.objects.get(record_id=row(3).record_id)
    with transaction.atomic():
        applied = records.apply(target, [row(2), row(3, name="New"), row(50)])
    assert applied.updated == [row(3).record_id]
    assert applied.created == [row(50).record_id]
    assert applied.unchanged == 1
    after = Record.objects.get(record_id=row(3).record_id)
    assert (after.pk, after.data["Name"]) == (before.pk, "New")
    assert counts(target) == (21, 21)


def test_deletion_and_undeletion_move_the_counters(target):
    with transaction.atomic():
        records.fill(target, [row(1), row(2)])
        applied = records.apply(target, [row(1, deleted=True)])
    assert applied.deleted == [row(1).record_id]
    assert counts(target) == (1, 2)
    with transaction.atomic():
        applied = records.apply(target, [row(1)])
    assert applied.updated == [row(1).record_id]
    assert counts(target) == (2, 2)


def test_a_span_tells_which_stored_ids_did_not_come(target):
    with transaction.atomic():
        records.fill(target, [row(n) for n in range(10)])
        span = records.Span(after=row(2).record_id, upto=row(6).record_id)
        applied = records.apply(target, [row(3), row(6)], spans=[span])
    assert applied.missing == [row(4).record_id, row(5).record_id]
    assert applied.unchanged == 2
    with transaction.atomic():
        gap = records.Span(after="", upto=None, gap_before=row(2).record_id)
        last = records.Span(after=row(8).record_id, upto=None)
        applied = records.apply(target, [], spans=[gap, last])
    assert applied.missing == [row(0).record_id, row(1).record_id, row(9).record_id]


def test_the_last_of_two_rows_with_one_id_wins(target):
    with transaction.atomic():
        applied = records.apply(target, [row(1, name="old"), row(1, name="new")])
    assert applied.created == [row(1).record_id]
    assert Record.objects.get().data["Name"] == "new"


def test_ids_that_differ_in_case_alone_are_two_records(target):
    low, high = "001000000000000aAA", "001000000000000AAA"
    rows = [row(1)._replace(record_id=key) for key in (low, high)]
    with transaction.atomic():
        applied = records.apply(target, rows)
        span = records.Span(after="001000000000000Z", upto=None)
        again = records.apply(target, [], spans=[span])
    assert sorted(applied.created) == [high, low]
    assert again.missing == [low]


def test_marking_moves_counters_once(target):
    with transaction.atomic():
        records.fill(target, [row(1), row(2)])
        moved = records.mark(target, [row(1).record_id], state=Record.State.GONE)
        again = records.mark(target, [row(1).record_id], state=Record.State.GONE)
    assert (moved, again) == ([row(1).record_id], [])
    assert counts(target) == (1, 2)


def test_history_keeps_what_a_field_was(target, org):
    first, second = "2026-05-01T00:00:00.000+0000", "2026-05-03T00:00:00.000+0000"
    with transaction.atomic():
        records.fill(target, [row(1, name="Old", stamp=first)])
        applied = records.apply(
            target, [row(1, name="New", stamp=second)], keep_history=True
        )
    assert applied.changed_fields == {row(1).record_id: ["Name"]}
    change = FieldChange.objects.get()
    assert (change.before, change.after) == ("Old", "New")
    record = Record.objects.get()
    from datetime import UTC, datetime

    assert records.as_of(record, datetime(2026, 5, 2, tzinfo=UTC))["Name"] == "Old"
    assert records.as_of(record, datetime(2026, 5, 4, tzinfo=UTC))["Name"] == "New"


def test_purging_deletes_rows_and_counters(target, org):
    with transaction.atomic():
        records.fill(target, [row(1), row(2)])
    assert records.purge(org) == 2
    assert counts(target) == (0, 0)
