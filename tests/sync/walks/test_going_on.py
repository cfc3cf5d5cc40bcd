"""A run goes on where it can, and says what is left to do where it cannot."""

from __future__ import annotations

import pytest

from sfconnector import sync
from sfconnector.exceptions import Corrupt
from sfconnector.models import ApiCall, Record, SField, SyncPlan, SyncRun
from sfconnector.salesforce.failures.rest_cases import REST_CASES
from sfconnector.sync.walks.advice import remedy_of
from sfconnector.sync.work.checkpoints import BulkJob, FullPass
from tests.sync.conftest import change, live_ids, run

State = SyncRun.State


def turn_into_text(simulated, name: str, value: str) -> str:
    """Make a text of a field, and write one into a record; return that one's id."""
    one = sorted(live_ids(simulated, "Account"))[7]
    simulated.records.schema.remove_field("Account", name)
    simulated.records.add_field("Account", name)
    change(simulated, "Account", one, **{name: value})
    return one


def described(simulated) -> int:
    return sum(one.path.endswith("/Account/describe") for one in simulated.requests)


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("kind", ["double", "checkbox"])
def test_a_field_that_becomes_text_is_described_anew_once(org, simulated, kind, full):
    """F48: by Bulk, whose values have no types of their own."""
    kind = "boolean" if kind == "checkbox" else kind
    simulated.records.add_field("Account", "Score__c", kind=kind)
    fields = ["Name", "Score__c"]
    plan = sync.plan_object(org, sobject="Account", mode="bulk", fields=fields)
    assert run(plan).state == State.SUCCEEDED
    simulated.clock.advance(60)
    other = sorted(live_ids(simulated, "Account"))[9]
    change(simulated, "Account", other, Name="Changed beside it")
    one = turn_into_text(simulated, "Score__c", "N/A")
    before = described(simulated)
    done = run(plan, full=full)
    assert done.state == State.SUCCEEDED, done.error_text
    assert done.mode == "bulk"
    assert described(simulated) == before + 1
    assert Record.objects.get(record_id=one).data["Score__c"] == "N/A"
    assert Record.objects.get(record_id=other).data["Name"] == "Changed beside it"
    assert SField.objects.get(name="Score__c").type == "string"


def test_a_value_that_fits_no_describe_is_corrupt(org, simulated):
    """The org says that it is a number, and sends a text: it is not guessed."""
    plan = sync.plan_object(org, sobject="Account", mode="bulk", fields=["Name"])
    simulated.records.add_field("Account", "Score__c", kind="double")
    SyncPlan.objects.update(fields=["Name", "Score__c"])
    one = sorted(live_ids(simulated, "Account"))[7]
    change(simulated, "Account", one, Score__c=77777)
    simulated.faults.add("*/results", replace=['"77777', '"N/A'])
    plan.refresh_from_db()
    done = run(plan)
    assert done.state in (State.PARKED, State.FAILED)
    assert any("'N/A" in line.text for line in done.log.all())
    assert Record.objects.filter(record_id=one).count() == 0


def test_a_policy_that_could_not_be_evaluated_is_tried_again(plan, org, simulated):
    fault = simulated.faults.add(
        "*/query*",
        times=1,
        status=403,
        body=[{"errorCode": "TXN_SECURITY_METERING_ERROR", "message": "Too many."}],
    )
    done = run(plan)
    assert (done.state, fault.fired) == (State.SUCCEEDED, 1), done.error_text


def test_answers_count_their_calls(org, simulated):
    """An endpoint's one call, each page of a query's, and a refusal's."""
    for values, calls, state in (
        ({"kind": "endpoint", "path": "/services/data"}, 1, State.SUCCEEDED),
        ({"kind": "soql", "soql": "SELECT Id FROM Account"}, None, State.SUCCEEDED),
        ({"kind": "soql", "soql": "SELECT Nothing FROM Account"}, 1, State.FAILED),
    ):
        done = run(SyncPlan.objects.create(org=org, **values))
        assert done.state == state
        written = ApiCall.objects.filter(run=done).count()
        assert done.api_calls == written == (calls or written) > 0


def test_an_object_that_is_not_counted_is_forecast_and_read(plan, org, simulated):
    simulated.faults.add("*/query*", contains="COUNT()", refuse="query_timeout")
    SyncPlan.objects.update(mode="auto")
    plan.refresh_from_db()
    told = sync.forecast(plan)
    assert (told.rows, told.calls, told.bytes, told.share) == (None,) * 4
    assert not told.parks
    assert sync.preview(plan).rows
    assert run(plan).state == State.SUCCEEDED


def test_a_remedy_never_advises_what_was_just_done():
    """Of a run that went by Bulk, then by REST in ever smaller windows."""
    place = FullPass(refused=True, window=312)
    for case in REST_CASES:
        error = case.kind("No.", remedy=case.remedy, code=case.code)
        told = remedy_of(error, place)
        assert told[-1] in ".?"
        for advice in ("use Bulk", "by Bulk", "smaller windows", "again by itself"):
            assert advice not in told
    assert "use Bulk" not in remedy_of(error, BulkJob())
    again = remedy_of(Corrupt(), FullPass())
    assert again.startswith("It was fetched again, in vain; look at proxies")
