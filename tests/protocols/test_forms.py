"""Forms of the admin over what was written meanwhile, and two builders of indexes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sfconnector.admin.base.admins import SFAdmin
from sfconnector.models import ConnectedApp, Org, SField, SObject, SyncPlan
from sfconnector.records import indexing
from tests.threads import beside


@pytest.fixture
def acme(transactional_db: None) -> Org:
    app = ConnectedApp.objects.create(name="App", consumer_key="3MVG9" + "x" * 60)
    return Org.objects.create(alias="acme", app=app, status=Org.Status.CONNECTED)


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let something be written between a form's reading of a row and its writing."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets nobody write while a form is saved")
    real = SFAdmin.get_object

    def between(work: Any) -> None:
        def get_object(self: Any, *arguments: Any, **options: Any) -> Any:
            row = real(self, *arguments, **options)
            with beside(work):
                pass
            return row

        monkeypatch.setattr(SFAdmin, "get_object", get_object)

    return between


def org_form(org: Org) -> dict[str, Any]:
    return {
        "alias": "acme", "label": "New label", "app": org.app_id, "username": "",
        "environment": "production", "my_domain": "", "flow": "web_server",
        "api_version": "",
    }  # fmt: skip


def test_p9_a_label_undoes_no_disconnect_purge_or_removal(
    acme: Org, admin_client: Client, meanwhile: Any
) -> None:
    now = timezone.now()
    meanwhile(
        lambda: Org.objects.update(
            status=Org.Status.DISCONNECTED,
            deletion_requested_at=now,
            purge_requested_at=now,
        )
    )
    url = reverse("admin:sfconnector_org_change", args=[acme.pk])
    assert admin_client.post(url, org_form(acme)).status_code in (302, 404)
    acme.refresh_from_db()
    assert acme.status == Org.Status.DISCONNECTED
    assert (acme.deletion_requested_at, acme.purge_requested_at) == (now, now)


def test_p9_a_plans_name_brings_no_cursor_back(
    acme: Org, admin_client: Client, meanwhile: Any
) -> None:
    SObject.objects.create(org=acme, name="Account", queryable=True)
    plan = SyncPlan.objects.create(
        org=acme, kind="object", sobject="Account", cursor_value="old", definition="d"
    )
    url = reverse("admin:sfconnector_syncplan_change", args=[plan.pk])
    page = admin_client.get(url).context["adminform"].form
    data = {
        name: value
        for name, value in {**page.initial, "name": "Renamed"}.items()
        if value is not None and name in page.fields
    }
    data |= {"fields": "", "org": acme.pk}
    meanwhile(lambda: SyncPlan.objects.update(cursor_value="", definition=""))
    answer = admin_client.post(url, data)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    plan.refresh_from_db()
    assert plan.name == "Renamed"
    assert (plan.cursor_value, plan.definition) == ("", "")


def test_p9_what_was_deleted_meanwhile_does_not_come_back(
    acme: Org, admin_client: Client, meanwhile: Any
) -> None:
    meanwhile(lambda: Org.objects.all().delete())
    url = reverse("admin:sfconnector_org_change", args=[acme.pk])
    assert admin_client.post(url, org_form(acme)).status_code == 404
    assert not Org.objects.exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="builds concurrently")
def test_p11_two_builders_of_indexes_do_not_meet(acme: Org, held: Any) -> None:
    rows = []
    for name in ("Account", "Contact"):
        row = SObject.objects.create(org=acme, name=name, wanted_indexes=["Name"])
        SField.objects.create(sobject=row, name="Name", type="string")
        rows.append(row)
    first, second = rows
    building = held(indexing, "_build")
    with beside(lambda: indexing.settle(first.pk)) as outcome:
        building.wait()
        assert indexing.settle(second.pk) is None
        assert not indexing.forget(acme)
        building.let_go()
    assert "Name" in outcome[0]
    assert "Name" in (indexing.settle(second.pk) or ())
    assert indexing.forget(acme)
