"""What is stored reads back as the org's values, on whichever database."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sfconnector import records, transactions
from sfconnector.models import Record
from sfconnector.records import Target
from sfconnector.sync.readers.splitting import Cutter
from tests.sync.readers.test_one_row import VERSION, Org, as_tree, page

pytestmark = pytest.mark.django_db


def clean(value: Any) -> Any:
    """Return what a database can keep of a value."""
    if isinstance(value, str):
        text = value.replace("\x00", "").encode("utf-16", "surrogatepass")
        return text.decode("utf-16", "replace") or None
    if isinstance(value, dict):
        found = {name: clean(one) for name, one in value.items()}
        told = (one for name, one in found.items() if name != "attributes")
        return found if any(one is not None for one in told) else None
    return value


def expected(org: Org, record: dict[str, Any]) -> dict[str, Any]:
    tree = as_tree(record, org.shape.fields)
    own = tree.pop("attributes")
    tree = {name: clean(value) for name, value in tree.items()}
    for parent in filter(None, (tree.get("Owner"),)):
        parent.pop("attributes", None)
        if isinstance(parent.get("Manager"), dict):
            parent["Manager"].pop("attributes", None)
    return {"attributes": own, **tree}


def has_float(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(has_float, value.values()))
    return isinstance(value, float)


def reads_back(data: st.DataObject, widths: Any) -> None:
    org = Org(data, widths)
    raw = page(org.random, org.records, org.shape.fields)
    target = Target(4_711, org.shape.sobject)
    Record.objects.filter(org=target.org_id).delete()
    with transactions.atomic():
        records.apply(target, Cutter(org.shape, version=VERSION)(raw.content).rows)
    stored = Record.objects.filter(org=target.org_id).order_by("record_id")
    told = [row.data for row in stored]
    assert told == [expected(org, one) for one in org.records]
    assert not any(map(has_float, told))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_what_is_stored_reads_back_as_the_org_s_values(data):
    reads_back(data, st.sampled_from([1, 3, 40]))


@pytest.mark.soak
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_records_of_any_width_read_back_as_the_org_s_values(data):
    reads_back(data, st.integers(1, 800))
