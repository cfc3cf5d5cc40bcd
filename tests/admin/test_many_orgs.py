"""A site of 150 orgs: no page asks the database more often than with three."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sfconnector.models import (
    ApiCall,
    ApiUsageDay,
    AuditEvent,
    CachedResponse,
    ConnectedApp,
    Org,
    SavedCall,
    SyncPlan,
    SyncRun,
)
from tests.admin.conftest import House
from tests.admin.test_access import TABLE, url_of
from tests.admin.test_dashboard import INDEX, furnish, queries

OF_NO_ROW = [
    name
    for name, case in TABLE.items()
    if case.target == "" and case.full == 200 and "GET" in case.methods
]
"""The pages that may list orgs, or rows of several."""


def settle_in(app: ConnectedApp, count: int, prefix: str, user: User) -> None:
    """Add orgs with something on each page that lists rows."""
    now = timezone.now()
    furnish(app, count, prefix)
    for org in Org.objects.filter(alias__startswith=prefix):
        ApiUsageDay.objects.create(org=org, day=now.date(), calls=7)
        ApiCall.objects.create(org=org, user=user, method="GET", path="/", at=now)
        AuditEvent.objects.create(org=org, org_alias=org.alias, action="run.start")
        for is_history in (True, False):
            call = SavedCall.objects.create(
                org=org, user=user, name=prefix, path="/", is_history=is_history
            )
            call.orgs.set([org])
        plan = SyncPlan.objects.create(org=org, kind="endpoint", path="/")
        run = SyncRun.objects.create(plan=plan, org=org, state="succeeded")
        CachedResponse.objects.create(plan=plan, run=run, status=200, fetched_at=now)


def test_a_list_of_many_orgs_asks_as_much_as_a_list_of_few(
    house: House, admin_client: Client, admin_user: User
) -> None:
    urls = {name: url_of(name, house) for name in OF_NO_ROW} | {
        "index": INDEX,
        "suggest": reverse("admin:sfconnector_sobject_suggest") + "?q=le",
        "complete": reverse("admin:sfconnector_org_complete") + "?path=/services",
    }
    settle_in(house.app, 2, "few", admin_user)
    for url in urls.values():  # what Django itself remembers from then on
        assert admin_client.get(url).status_code == 200
    few = {name: queries(admin_client, url) for name, url in urls.items()}
    settle_in(house.app, 147, "many", admin_user)
    assert Org.objects.count() == 150
    assert {name: queries(admin_client, url) for name, url in urls.items()} == few
