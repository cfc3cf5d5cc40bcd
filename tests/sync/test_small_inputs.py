"""Small inputs that once gave a wrong cache and a run that said *succeeded*."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from salesforce_simulator.schema import make_field, make_object
from sfconnector import sync
from sfconnector.exceptions import InvalidRequest
from sfconnector.models import FieldChange, Record, SyncPlan, SyncRun
from tests.sync.conftest import cached_ids, change, live_ids, run

State = SyncRun.State
NAME = "Quite_a_long_name_" * 2


@pytest.fixture
def simulated(salesforce_orgs: Callable[..., Any]) -> Any:
    """An org with six accounts."""
    return salesforce_orgs("Acme", records={"Account": 6}, page_size=100)


def rewrite(
    simulated: Any, change: Callable[[str], str], *, path: str = "/quer"
) -> None:
    """Change the text of each answer with records."""

    def hook(request: Any, response: Any) -> None:
        if path in request.path and response.status == 200:
            response.gather()
            body = response.body
            if response.headers.pop("Content-Encoding", "") == "gzip":
                body = gzip.decompress(body)
            response.body = change(body.decode("utf-8", "surrogatepass")).encode()

    simulated.before_send.append(hook)


def wide(simulated: Any, number: int, *more: Any) -> list[str]:
    """Make an object of many fields, and six records of it; return their ids."""
    names = [f"{NAME}{place}__c" for place in range(number)]
    fields = [*(make_field(name, "string") for name in names), *more]
    schema, store = simulated.records.schema, simulated.records.store
    schema.add_object(make_object(schema, "Wide__c", fields=fields))
    user = simulated.user.id
    for _ in range(6):
        store.insert("Wide__c", {"Name": "One"}, user_id=user)
    return sorted(live_ids(simulated, "Wide__c"))


@pytest.mark.parametrize("dirty", ["AA\\u0000BB", "\\ud83d"])
def test_a_dirty_text_among_500_fields_is_cleaned_and_said(org, simulated, dirty):
    one = wide(simulated, 500)[0]
    change(simulated, "Wide__c", one, **{f"{NAME}400__c": "to be spoilt"})
    rewrite(simulated, lambda body: body.replace("to be spoilt", dirty))
    done = run(sync.plan_object(org, sobject="Wide__c", mode="rest"))
    assert done.state == State.SUCCEEDED, done.error_text
    assert Record.objects.count() == 6
    stored = Record.objects.get(record_id=one).data[f"{NAME}400__c"]
    assert stored == ("AABB" if "0000" in dirty else "\ufffd")
    assert [warning.partition(":")[0] for warning in done.warnings] == [f"{NAME}400__c"]


def test_the_parent_of_many_fields_has_all_of_its_values(org, simulated):
    """Also where its fields are asked for by two queries."""
    boss = f"{NAME}of_all"
    lookup = make_field(f"{boss}__c", "reference", reference_to="User")
    late = [f"{NAME}of_whatever{place}__c" for place in range(100)]
    made = [lookup, *(make_field(name, "string") for name in late)]
    for one in wide(simulated, 255, *made):
        change(simulated, "Wide__c", one, **{f"{boss}__c": simulated.user.id})
    early = [f"{NAME}{place}__c" for place in range(255)]
    user = simulated.records.schema.object("User").fields.values()
    told = [one.name for one in user if one.type in ("string", "boolean", "email")]
    names = [*early, *late, *(f"{boss}__r.{name}" for name in told)]
    plan = sync.plan_object(org, sobject="Wide__c", mode="rest", fields=names)
    queries: list[str] = []
    simulated.before_send.append(
        lambda request, _: queries.extend(
            one for one in request.query.values() if "__r." in one
        )
    )
    assert run(plan).state in (State.SUCCEEDED, State.WARNINGS)
    assert len(queries) > 1, "asked for by one query, which tells nothing"
    parent = Record.objects.first().data[f"{boss}__r"]
    assert set(parent) - {"attributes"} == set(told)


def test_an_amount_among_many_fields_keeps_its_digits(org, simulated):
    one = wide(simulated, 440, make_field("Price__c", "currency"))[0]
    change(simulated, "Wide__c", one, Price__c=77_777.5)
    rewrite(simulated, lambda body: body.replace("77777.5", "1234567890123456.78"))
    assert run(sync.plan_object(org, sobject="Wide__c", mode="rest")).fetched == 6
    stored = Record.objects.get(record_id=one).data["Price__c"]
    assert Decimal(str(stored)) == Decimal("1234567890123456.78")


def test_records_without_ids_of_their_own_are_refused(org, simulated):
    """Big objects give zeros in their place."""
    made = simulated.records.add_object("Rider__c")
    for number in range(5):
        simulated.records.store.insert(
            made.name, {"Name": f"Rider {number}"}, user_id=simulated.user.id
        )
    ids = live_ids(simulated, "Rider__c")

    def zeros(body: str) -> str:
        for one in ids:
            body = body.replace(one, "000000000000000AAA")
        return body

    rewrite(simulated, zeros)
    done = run(sync.plan_object(org, sobject="Rider__c", mode="rest"))
    assert done.state in (State.FAILED, State.PARKED)
    assert not Record.objects.exists()
    simulated.records.add_object("Rider__b")
    with pytest.raises(InvalidRequest, match="big object"):
        sync.forecast(SyncPlan(org=org, kind="object", sobject="Rider__b"))


@pytest.mark.parametrize("is_first", [True, False])
def test_a_field_that_every_second_row_lacks_overwrites_nothing(
    org, simulated, is_first
):
    plan = sync.plan_object(org, sobject="Account", mode="rest", fields=["Name"])
    if not is_first:
        assert run(plan).state == State.SUCCEEDED
        for one in live_ids(simulated, "Account"):
            change(simulated, "Account", one, AnnualRevenue=17)
    before = dict(Record.objects.values_list("record_id", "data"))

    def lose(body: str) -> str:
        page = json.loads(body)
        for row in page.get("records", [])[1::2]:
            row.pop("Name", None)
        return json.dumps(page)

    rewrite(simulated, lose)
    assert run(plan).state in (State.FAILED, State.PARKED)
    assert dict(Record.objects.values_list("record_id", "data")) == before
    simulated.before_send.clear()
    SyncRun.objects.active().update(state=State.CANCELLED)
    assert run(plan).state == State.SUCCEEDED
    assert cached_ids(org, "Account") == live_ids(simulated, "Account")


def test_one_of_six_twice_and_another_missing_is_noticed(org, simulated):
    one, *_, last = sorted(live_ids(simulated, "Account"))
    rewrite(simulated, lambda body: body.replace(last, one))
    done = run(sync.plan_object(org, sobject="Account", mode="rest"))
    assert done.state in (State.FAILED, State.PARKED)


def test_after_another_api_only_what_changed_is_an_update(org, simulated):
    plan = sync.plan_object(
        org, sobject="Account", mode="bulk", fields=["Name", "Owner.Name"]
    )
    SyncPlan.objects.update(history_days=30)
    plan.refresh_from_db()
    assert run(plan).state == State.SUCCEEDED
    SyncPlan.objects.update(mode="rest")
    plan.refresh_from_db()
    one = sorted(live_ids(simulated, "Account"))[0]
    change(simulated, "Account", one, Name="Another")
    done = run(plan, full=True)
    assert (done.mode, done.updated) == ("rest", 1)
    told = FieldChange.objects.values_list("record_id", "field")
    assert set(told) - {(one, "SystemModstamp")} == {(one, "Name")}


def test_spaces_and_another_order_of_keys_change_nothing(org, simulated):
    plan = sync.plan_object(org, sobject="Account", mode="rest")
    assert run(plan).created == 6

    def spell(body: str) -> str:
        page = json.loads(body)
        page["records"] = [
            dict(reversed(row.items())) for row in page.get("records", [])
        ]
        return json.dumps(page, indent=1)

    rewrite(simulated, spell)
    done = run(plan, full=True)
    assert done.state == State.SUCCEEDED, done.error_text
    assert (done.updated, done.unchanged) == (0, 6)
