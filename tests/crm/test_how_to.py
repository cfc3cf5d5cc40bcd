"""What the how-to pages for host projects say works, in a host project."""

from __future__ import annotations

import logging

from sfconnector import catalog, sync
from sfconnector.models import SchemaChange
from tests.crm.models import Customer
from tests.crm.pages import as_module, code_of
from tests.sync.conftest import cached_ids, change, run

CHANGES = "react-to-changes.md"


def renamed(org, alias="acme-prod"):
    org.alias = alias
    org.save()
    return org


def test_a_table_of_the_host_is_kept_up_and_rebuilt(plan, org, simulated, monkeypatch):
    renamed(org)
    as_module(monkeypatch, "sf_hooks", code_of(CHANGES, "# sf_hooks.py: keeps"))
    run(plan)
    assert customers() == cached_ids(org, "Account")
    one, other = sorted(cached_ids(org, "Account"))[:2]
    change(simulated, "Account", one, Name="Another")
    simulated.records.store.delete("Account", other, user_id=simulated.user.id)
    run(plan)
    assert Customer.objects.get(pk=one).name == "Another"
    assert Customer.objects.get(is_gone=True).pk == other
    Customer.objects.create(account_id="stale")
    exec(code_of("react-to-changes.md", "# Once, in manage.py shell"), {})
    assert customers() == cached_ids(org, "Account")


def customers():
    rows = Customer.objects.filter(is_gone=False)
    return set(rows.values_list("pk", flat=True))


def test_an_org_of_another_name_fills_no_table(plan, org, monkeypatch):
    renamed(org, "globex")
    as_module(monkeypatch, "sf_hooks", code_of(CHANGES, "# sf_hooks.py: keeps"))
    run(plan)
    assert not Customer.objects.exists()


def test_the_host_is_told_what_changed_in_an_object(
    plan, org, simulated, monkeypatch, caplog
):
    run(plan)
    module = as_module(
        monkeypatch, "sf_hooks", code_of(CHANGES, "# sf_hooks.py: tells")
    )
    org.sobjects.get(name="Account").sfields.filter(name="Phone").delete()
    org.sobjects.filter(name="Account").update(describe_modified="")
    with caplog.at_level(logging.WARNING, logger="crm"):
        catalog.describe(org, sobject="Account")
    module.signals.schema_changed.disconnect(module.tell)
    change = SchemaChange.objects.latest("pk")
    assert (change.field, change.kind) == ("Phone", "added")
    assert "Account.Phone added" in caplog.text


def test_a_fetch_task_reads_by_pages_and_goes_on_where_it_was(org, monkeypatch):
    renamed(org)
    page = "write-a-fetch-task.md"
    as_module(monkeypatch, "sf_hooks", code_of(page, "# sf_hooks.py: fetches quotes"))
    assert sync.plan_tasks() == 1
    plan = org.plans.get()
    done = run(plan)
    assert done.state == "succeeded", done.error_text
    assert done.fetched == Customer.objects.count() == 450
    assert done.answers.get().body == {"seen": 450}
    assert done.log.get().text == "450 accounts were read."
    once_more = run(plan)
    assert once_more.fetched == 0
    assert once_more.answers.get().body == {"seen": 0}
