"""Whatever an org or a proxy makes of an answer, no wrong record is taken for right."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import pytest

from salesforce_simulator import SalesforceOrg
from sfconnector import sync
from sfconnector.models import Record, SyncPlan, SyncRun
from tests.sync.conftest import change, live_ids, run, to_the_end
from tests.sync.readers.spoilings import BULK, EITHER, REST

pytestmark = pytest.mark.usefixtures("hasty")
SUCCEEDED = SyncRun.State.SUCCEEDED
FIELDS = ["Name", "AnnualRevenue", "BillingCity"]
WALKS = {
    "full": {**EITHER, **REST},
    "changes": {**EITHER, **REST},
    "bulk": {**EITHER, **BULK},
}
ALL = [
    pytest.param(walk, spoil, id=f"{walk}: {name}")
    for walk, spoilings in WALKS.items()
    for name, spoil in spoilings.items()
]
SAMPLE = {
    "full": ("204", "every second without Name"),
    "changes": ("a row in another's place", "a deletion in words"),
    "bulk": ("half of it", "a column less in the header"),
}


@pytest.fixture
def simulated(salesforce_orgs: Callable[..., SalesforceOrg]) -> SalesforceOrg:
    return salesforce_orgs("Acme", records={"Account": 60}, page_size=20)


def spoil_from(simulated: SalesforceOrg, spoil: Any, nth: int) -> None:
    """Spoil each answer with records from the n-th on."""
    seen = 0

    def hook(request: Any, response: Any) -> None:
        nonlocal seen
        is_page = request.path.endswith("/results") or "/query/" in request.path
        is_first = "AnnualRevenue" in request.query.get("q", "")
        if response.status != 200 or not (is_page or is_first):
            return
        seen += 1
        if seen < nth:
            return
        response.gather()
        if response.headers.pop("Content-Encoding", "") == "gzip":
            response.body = gzip.decompress(response.body)
        spoil(request, response)

    simulated.before_send.append(hook)


def cached() -> dict[str, Any]:
    return {row.record_id: (row.state, row.data) for row in Record.objects.all()}


def is_taken_for_nothing_else(org: Any, simulated: Any, walk: str, spoil: Any) -> None:
    """Each record is the org's own, before or after; a success has them all."""
    mode = "bulk" if walk == "bulk" else "rest"
    plan = sync.plan_object(org, sobject="Account", mode=mode, fields=FIELDS)
    before: dict[str, Any] = {}
    if walk == "changes":
        assert run(plan).state == SUCCEEDED
        before = cached()
        simulated.clock.advance(60)
    for number, one in enumerate(sorted(live_ids(simulated, "Account"))[:45]):
        change(simulated, "Account", one, Name=f"Bücher {number}")
    spoil_from(simulated, spoil, nth=1 if mode == "bulk" else 2)
    done = to_the_end(run(plan))
    after = cached()
    simulated.before_send.clear()
    SyncRun.objects.active().update(state=SyncRun.State.CANCELLED)
    assert run(SyncPlan.objects.get(), full=True).state == SUCCEEDED
    truth = cached()
    assert len(truth) >= 60
    if done.state == SUCCEEDED and not done.warnings:
        assert after == truth
    elif done.state == SUCCEEDED:  # what was replaced is said
        assert "characters" in str(done.warnings)
        assert after.keys() == truth.keys()
    else:
        assert done.state in (SyncRun.State.FAILED, SyncRun.State.PARKED)
        assert done.error_text or done.log.exists()
        for key, row in after.items():
            assert row in (truth.get(key), before.get(key))


@pytest.mark.parametrize(
    ("walk", "name"), [(walk, one) for walk in SAMPLE for one in SAMPLE[walk]]
)
def test_some_spoilt_answers(org, simulated, walk, name):
    is_taken_for_nothing_else(org, simulated, walk, WALKS[walk][name])


@pytest.mark.soak
@pytest.mark.parametrize(("walk", "spoil"), ALL)
def test_spoilt_answers(org, simulated, walk, spoil):
    is_taken_for_nothing_else(org, simulated, walk, spoil)
