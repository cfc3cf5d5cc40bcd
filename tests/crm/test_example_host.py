"""A host that hangs on all five: receivers, tasks, tenants, tests, and what is seen."""

from __future__ import annotations

import logging

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from sfconnector import hooks, logs, metrics, tasks
from sfconnector.models import Org, PendingChange, Record, SyncRun
from tests.connections import PROBE, browser_of, person, settings_with
from tests.crm.models import Customer
from tests.crm.pages import as_module, code_of
from tests.sync.conftest import cached_ids, run

STATE = SyncRun.State


@pytest.fixture
def crm(org, monkeypatch):
    """The host's modules, as the guides write them, and its one org."""
    org.alias = "acme-prod"
    org.save()
    for page, begins in (
        ("react-to-changes.md", "# sf_hooks.py: keeps"),
        ("write-a-fetch-task.md", "# sf_hooks.py: fetches quotes"),
    ):
        as_module(monkeypatch, "sf_hooks", code_of(page, begins))
    tenants = as_module(
        monkeypatch, "tenants", code_of("bind-it-to-your-project.md", "# tenants.py")
    )
    given = settings_with(VISIBLE_ORGS=tenants.visible_orgs, EXTRA_HOSTS=_hosts(org))
    with override_settings(SFCONNECTOR=given):
        yield org


def _hosts(org):
    return [org.my_domain.partition("://")[2]]


def test_a_host_that_uses_all_five(crm, plan, make_records, caplog):
    about = []

    class Kept(logging.Handler):
        def emit(self, record):
            about.append((record.sf_alias, record.sf_plan, record.sf_run))

    handler = Kept()
    handler.addFilter(logs.Context())
    logging.getLogger("sfconnector").addHandler(handler)
    caplog.set_level(logging.INFO, logger="sfconnector")
    try:
        done = run(plan)  # 1: a receiver keeps a table up
        tasks.tick()  # 2: a task gets a plan, and a run
        quotes = run(crm.plans.get(kind="task"))
    finally:
        logging.getLogger("sfconnector").removeHandler(handler)
    everyone = cached_ids(crm, "Account")
    assert set(Customer.objects.values_list("pk", flat=True)) == everyone
    assert (done.state, quotes.state) == (STATE.SUCCEEDED, STATE.SUCCEEDED)
    assert quotes.answers.get().body == {"seen": len(everyone)}
    # 3: people see the orgs of their tenant
    acme, globex = person("acme", is_superuser=False), person("globex")
    globex.is_superuser = False
    assert list(Org.objects.for_user(acme)) == [crm]
    assert not Record.objects.for_user(globex).exists()
    # 4: records without any org, of which the receiver hears as well
    [made] = make_records("Account", [{"Name": "Of a test"}], org=crm)
    assert Customer.objects.get(pk=made.record_id).name == "Of a test"
    # 5: seen from outside
    assert ("acme-prod", plan.pk, done.pk) in about
    rows = {one.name: one.values for one in metrics.measure()}["sfconnector_run_rows"]
    assert rows["acme-prod", str(plan.pk), "Account", "fetched"] == done.fetched
    page = Client().get(reverse("sfconnector:metrics"), headers=PROBE)
    assert page.status_code == 200


def failing(*_):
    raise RuntimeError("of the host")


def test_what_fails_of_the_host_hurts_no_run(crm, plan):
    hooks.on_records("*")(failing)
    hooks.sf_task("Failing")(failing)
    given = settings_with(VISIBLE_ORGS=failing, EXTRA_HOSTS=_hosts(crm))
    with override_settings(SFCONNECTOR=given):
        tasks.tick()
        failed = run(crm.plans.get(task="Failing"))
        assert (failed.state, failed.error_code) == (STATE.FAILED, "TASK_FAILED")
        assert run(plan).state == STATE.SUCCEEDED
        assert run(crm.plans.get(task="Nightly quotes")).state == STATE.SUCCEEDED
        page = browser_of(person()).get(reverse("admin:sfconnector_org_changelist"))
        assert page.status_code == 200
    assert PendingChange.objects.filter(receiver__endswith="failing").exists()
    assert Customer.objects.count() == len(cached_ids(crm, "Account"))
