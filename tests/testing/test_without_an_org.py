"""Records for tests of host projects, without any org; and the mixin for test cases."""

from __future__ import annotations

import subprocess
import sys
import unittest

import pytest
from django.db import connections

from sfconnector import hooks, records
from sfconnector.models import Record, SObject
from tests.crm.pages import code_of
from tests.environment import ROOT
from tests.hooks.conftest import receivers

__all__ = ["receivers"]


def test_records_are_cached_as_a_run_would(make_records, make_org):
    org = make_org("acme-prod")
    rows = [{"Name": "Sun", "Industry": "Energy", "AnnualRevenue": 5.5}, {"Name": "B"}]
    one, other = make_records("Account", rows, org=org)
    assert one.data["Name"] == "Sun"
    assert len(one.record_id) == 18
    assert one.record_id != other.record_id
    assert one.record_id.startswith("001")
    assert one.system_modstamp.year == 2026
    found = Record.objects.of(org, "Account").live().where(AnnualRevenue__gt=5)
    assert [row.data["Name"] for row in found] == ["Sun"]
    described = SObject.objects.get(org=org, name="Account")
    assert described.live_count == described.total_count == 2
    names = set(described.sfields.values_list("name", flat=True))
    assert {"Id", "Name", "Industry", "AnnualRevenue"} <= names
    assert records.count_of(org, "Account") == 2


def test_what_is_made_again_is_changed_and_what_is_deleted_goes(make_records):
    [one] = make_records("Invoice__c", [{"Name": "1"}])
    assert one.record_id.startswith("a00")
    [same] = make_records("Invoice__c", [{"Id": one.record_id, "Name": "2"}])
    assert (same.pk, same.data["Name"]) == (one.pk, "2")
    make_records("Invoice__c", [{"Id": one.record_id, "IsDeleted": True}])
    assert not Record.objects.live().exists()


def test_a_made_up_id_is_of_no_record_that_there_is(make_records):
    first, second = make_records("Account", [{"Name": "A"}, {"Name": "B"}])
    first.delete()
    given = "001000000000003AAA"
    made = make_records("Account", [{"Name": "C"}, {"Id": given}, {"Name": "D"}])
    assert len({second.record_id, *(one.record_id for one in made)}) == 4
    assert Record.objects.get(pk=second.pk).data["Name"] == "B"


def test_records_need_no_simulator():
    code = """if True:
        import sys
        sys.modules["salesforce_simulator"] = None
        import sfconnector.testing.testcase
    """
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_receivers_of_the_project_hear_of_it_and_their_errors_are_seen(make_records):
    heard = []

    @hooks.on_records("Account")
    def note(change):
        heard.append(change)
        if change.deleted:
            raise RuntimeError("the receiver's own")

    [one] = make_records("Account", [{"Name": "A"}])
    make_records("Contact", [{"LastName": "B"}])
    make_records("Account", [{"Id": one.record_id, "Name": "B"}])
    assert [(len(c.created), len(c.updated)) for c in heard] == [(1, 0), (0, 1)]
    with pytest.raises(RuntimeError, match="own"):
        make_records("Account", [{"Id": one.record_id, "IsDeleted": True}])


def test_an_org_that_was_made_takes_no_call(make_org):
    assert make_org() == make_org()
    assert not make_org().is_connected


@pytest.mark.django_db(transaction=True)
def test_the_test_case_of_the_guide_passes():
    names = {"__name__": "crm.tests"}
    exec(code_of("write-tests.md", "# tests.py: without pytest"), names)
    case = names["AccountTests"]
    suite = unittest.TestSuite(case(name) for name in ("test_without_an_org",))
    suite.addTest(case("test_with_a_pretend_org"))
    result = unittest.TestResult()
    suite.run(result)
    assert result.testsRun == 2
    assert result.errors + result.failures == []
    connections.close_all()
