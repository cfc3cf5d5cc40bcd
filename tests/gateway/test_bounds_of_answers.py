"""How much of an answer is taken: little memory, then a sentence."""

from __future__ import annotations

import collections
import json

import pytest

from salesforce_simulator import SalesforceOrg
from sfconnector import explorer, gateway, sync
from sfconnector.audit import NOBODY
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import AuditEvent, Org
from tests.memory import peak

DATA = "/services/data/v66.0"
NESTED = {
    "deep": "[" * 2_600_000 + "]" * 2_600_000,
    "wide": "[" + "[[]]," * 1_000_000 + "[]]",
    "objects": "[" + '{"a":1},' * 600_000 + "{}]",
}


@pytest.mark.parametrize("body", NESTED.values(), ids=NESTED)
def test_five_megabytes_of_nested_lists_are_refused_in_the_explorer(
    connected_org: Org, salesforce_org: SalesforceOrg, body: str
) -> None:
    salesforce_org.faults.add("/limits", body=body[: 5 * 1024 * 1024])
    request = explorer.Request(path=f"{DATA}/limits")
    with peak() as found, pytest.raises(SFConnectorError) as refusal:
        explorer.send(connected_org, request=request)
    assert found.grown_mb < 200
    assert "more than" in str(refusal.value) or "larger" in str(refusal.value)
    assert AuditEvent.objects.get(action="explorer.send").outcome == "failed"


@pytest.mark.parametrize("purpose", ["plan", "preview", "command"])
def test_a_query_without_an_end_is_refused(
    connected_org: Org, salesforce_org: SalesforceOrg, purpose: str
) -> None:
    page = {
        "totalSize": 1_000_000,
        "done": False,
        "nextRecordsUrl": f"{DATA}/query/01g5g00000AAAAAA-2000",
        "records": [{"attributes": {"type": "Lead"}, "Id": "1"}] * 2_000,
    }
    salesforce_org.faults.add("/query", body=json.dumps(page))
    salesforce_org.faults.add("/query/01g5g00000AAAAAA-2000", body=json.dumps(page))
    pages = gateway.rows(
        connected_org, "SELECT Id FROM Lead", by=NOBODY, purpose=purpose
    )
    with peak() as found, pytest.raises(SFConnectorError):
        collections.deque(pages, maxlen=0)
    assert found.grown_mb < 200


def test_a_plan_of_too_many_rows_fails_with_a_sentence(
    connected_org: Org, salesforce_org: SalesforceOrg
) -> None:
    rows = [{"attributes": {"type": "Lead"}, "Id": str(n)} for n in range(10_001)]
    page = {"totalSize": 10_001, "done": True, "records": rows}
    salesforce_org.faults.add("/query", body=json.dumps(page))
    plan = sync.plan_soql(connected_org, soql="SELECT Id FROM Lead")
    run = sync.request_run(plan)
    sync.execute(run.pk, worker="test")
    run.refresh_from_db()
    assert "10,000 rows" in run.error_text
    assert run.state == "failed"


@pytest.mark.parametrize("setting", [1_000])
def test_the_bound_of_the_settings_is_read(
    connected_org: Org, settings: object, setting: int
) -> None:
    settings.SFCONNECTOR = {**settings.SFCONNECTOR, "MAX_RESPONSE_BYTES": setting}
    request = explorer.Request(path=f"{DATA}/sobjects")
    with pytest.raises(SFConnectorError, match="larger than"):
        explorer.send(connected_org, request=request)
