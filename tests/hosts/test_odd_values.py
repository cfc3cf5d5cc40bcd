"""Values that are not what their type says: shown, exported and read as they came."""

from __future__ import annotations

import gzip
import json
import re
from contextlib import suppress
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from salesforce_simulator import SalesforceOrg
from salesforce_simulator.wire.messages import Request, Response
from sfconnector import catalog, health, orgs, records, sync
from sfconnector.admin.records import cells
from sfconnector.exceptions import Corrupt
from sfconnector.models import ApiCall, Credential, Org, Record, SField
from sfconnector.salesforce.answers import parse_moment
from tests.admin.conftest import (  # noqa: F401 - fixtures
    ACCOUNT,
    House,
    add_fields,
    app,
    house,
)
from tests.connections import connect

ODD: tuple[Any, ...] = (
    "9999-12-31T23:59:59.000-0900",
    "9999-12-31T23:59:59.000+0000",
    "0001-01-01T00:00:00.000+0000",
    "0001-01-01T00:00:00.000+1400",
    "0001-01-01",
    "9999-12-31",
    "25:61:61.000Z",
    ["a", "list"],
    [],
    {"a": ["b"]},
    {"attributes": {}},
    {"attributes": None, "Name": ["x"]},
    {"records": None},
    10**400,
    1e308,
    -0.0,
    True,
    "",
    "\u202eevil",
    "²",
)
ZONES = ("UTC", "Pacific/Kiritimati", "Pacific/Niue")


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("kind", [*cells.DRAWERS, "time", "string", "anyType", ""])
def test_every_type_draws_every_value(kind: str, zone: str) -> None:
    field = SField(name="F", type=kind, describe={"scale": "x"})
    with override_settings(TIME_ZONE=zone):
        for value in ODD:
            for is_list in (True, False):
                context = cells.Context(is_list=is_list, currency="EUR")
                assert cells.draw(value, field, context)
            assert records.typed(value, kind) == records.typed(value, kind)


@pytest.mark.parametrize("zone", ZONES)
def test_the_pages_of_records_show_them(
    house: House,  # noqa: F811 - the fixture
    admin_client: Client,
    zone: str,
) -> None:
    kinds = [*cells.DRAWERS, "time", "string"]
    add_fields(house.sobject, *((f"F_{kind}", kind) for kind in kinds))
    SField.objects.filter(type="reference").update(reference_to=["Account", "User"])
    place = ["northwind", "Account"]
    for value in ODD:
        data = {"Id": ACCOUNT, **{f"F_{kind}": value for kind in kinds}}
        Record.objects.update(data=data, system_modstamp="9999-12-31T23:59:59Z")
        with override_settings(TIME_ZONE=zone):
            for page, args in (("browse", place), ("show", [*place, ACCOUNT])):
                url = reverse(f"admin:sfconnector_record_{page}", args=args)
                assert admin_client.get(url).status_code == 200
            rows = Record.objects.of(house.org, "Account")
            names = [f"F_{kind}" for kind in kinds]
            assert len(list(records.as_csv(rows, fields=names))) == 2
            [line] = records.as_json_lines(rows)
            assert json.loads(line)["Id"] == ACCOUNT


HUGE = "9" * 4000
"""A number that is valid JSON and that Python reads; no column of a database holds it."""


def body_of(response: Response) -> str:
    is_small = response.headers.get("Content-Encoding") == "gzip"
    return (gzip.decompress(response.body) if is_small else response.body).decode()


def put(response: Response, text: str) -> None:
    response.headers.pop("Content-Encoding", None)
    response.body = text.encode()


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/sobjects/Account/describe", "length"),
        ("/sobjects/Account/describe", "byteLength"),
        ("/limits", "Max"),
        ("/limits", "Remaining"),
        ("/limits/recordCount", "count"),
        ("/query*", "totalSize"),
    ],
)
def test_numbers_that_no_column_holds_break_no_verb(
    org: Org, salesforce_org: SalesforceOrg, path: str, name: str
) -> None:
    changed = []

    def enlarge(_request: Request, response: Response) -> None:
        text = re.sub(rf'"{name}":\s*\d+', f'"{name}":{HUGE}', body_of(response))
        changed.append(HUGE in text)
        put(response, text)

    salesforce_org.faults.add(path, hook=enlarge)
    catalog.discover(org, force=True)
    assert catalog.describe(org, sobject="Account").describe_error == ""
    assert catalog.count(org, names=["Account"])
    assert health.refresh_limits(org)
    with suppress(Corrupt):
        assert sync.forecast(sync.plan_object(org, sobject="Account"))
    assert any(changed)


@pytest.mark.parametrize("text", [f"api-usage={HUGE}/5", f"api-usage=1/{HUGE}"])
def test_usage_that_no_column_holds_is_not_written_down(
    org: Org, salesforce_org: SalesforceOrg, text: str
) -> None:
    salesforce_org.faults.add("/limits", headers={"Sforce-Limit-Info": text})
    with orgs.client_for(org, purpose="odd") as client:
        assert client.limits()
    line = ApiCall.objects.get(purpose="odd", path__contains="/limits")
    assert (line.api_used, line.api_max) == (None, None)


@pytest.mark.parametrize("issued", ["9" * 400, "9" * 4301, "²", "-1", "", 7, None])
def test_an_org_connects_whenever_its_tokens_were_issued(
    org: Org, salesforce_org: SalesforceOrg, issued: object
) -> None:
    def misdate(_request: Request, response: Response) -> None:
        told = json.loads(body_of(response)) | {"issued_at": issued}
        told.pop("signature", None)  # it covers the time
        put(response, json.dumps(told))

    salesforce_org.faults.add("/services/oauth2/token", hook=misdate)
    assert connect(org).org.status == Org.Status.CONNECTED
    assert Credential.objects.get(org=org).issued_at


@pytest.mark.parametrize(
    "text", ["9999-12-31T23:59:59-09:00", "0001-01-01T00:00:00+14:00", "²", ["a"], None]
)
def test_a_moment_that_is_none_is_corrupt(text: Any) -> None:
    with pytest.raises(Corrupt):
        parse_moment(text)
