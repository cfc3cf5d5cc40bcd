"""What binds the app to a project works as the how-to says: tenants, vaults, links, admin."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from types import ModuleType

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import override_settings
from django.urls import clear_url_caches, path, reverse, set_urlconf

from project.urls import urlpatterns
from sfconnector import crypto, keys, orgs, retention, sync
from sfconnector.admin import OrgAdmin
from sfconnector.audit import Actor
from sfconnector.exceptions import ConfigurationError, Transient
from sfconnector.models import (
    AuditEvent,
    ConnectedApp,
    Credential,
    Org,
    Record,
    SyncRun,
)
from sfconnector.orgs.rights import may_connect
from sfconnector.secret import Secret
from sfconnector.testing.records import make_org, make_records
from tests.connections import browser_of, person, settings_with
from tests.crm.pages import as_module, code_of
from tests.sync.conftest import run

PAGE = "bind-it-to-your-project.md"


@pytest.fixture
def visible_orgs(monkeypatch):
    """The callable of the guide, as the settings name it."""
    module = as_module(monkeypatch, "tenants", code_of(PAGE, "# tenants.py"))
    names: dict[str, dict] = {}
    exec(code_of(PAGE, "# settings.py\nSFCONNECTOR = "), names)
    monkeypatch.setattr(sys.modules["crm"], "tenants", module, raising=False)
    with override_settings(SFCONNECTOR=settings_with(**names["SFCONNECTOR"])):
        yield


@pytest.fixture
def two_tenants(db):
    """One org and one account for each of two tenants; an app of each."""
    for name in ("ada", "bob"):
        app = ConnectedApp.objects.create(name=f"App of {name}", consumer_key=name)
        org = Org.objects.create(alias=f"{name}-prod", app=app)
        make_records("Account", [{"Name": f"Account of {name}"}], org=org)
        plan = org.plans.create(sobject="Account")
        SyncRun.objects.create(plan=plan, org=org, sobject="Account")


def staff(name="ada"):
    user = person(name, is_superuser=False)
    user.user_permissions.set(
        Permission.objects.filter(content_type__app_label="sfconnector")
    )
    return user


LISTS = (
    "org",
    "connectedapp",
    "syncplan",
    "syncrun",
    "record",
    "sobject",
    "auditevent",
)


def test_a_person_sees_the_orgs_of_her_tenant_and_nothing_of_others(
    two_tenants, visible_orgs
):
    ada, browser = staff(), browser_of(staff())
    for model in (Org, Record, SyncRun):
        assert model.objects.for_user(ada).count() == 1
    for name in LISTS:
        url = reverse(f"admin:sfconnector_{name}_changelist")
        text = browser.get(url).content.decode()
        assert "bob" not in text, name
    other = Org.objects.get(alias="bob-prod")
    for row in (other, other.app, other.plans.get(), other.runs.get()):
        assert browser.get(row.get_absolute_url()).status_code == 404
    record = Record.objects.get(org=other)
    assert browser.get(record.get_absolute_url()).status_code == 404
    assert not may_connect(Actor(ada), other)
    mine = Org.objects.get(alias="ada-prod")
    assert browser.get(mine.get_absolute_url()).status_code == 200
    assert may_connect(Actor(ada), mine)


def test_whose_callable_lets_superusers_see_all_does_so(two_tenants, visible_orgs):
    assert Org.objects.for_user(person("root")).count() == 2


def test_superusers_are_bound_where_the_callable_says_so(two_tenants):
    def none_of_bob(user, orgs):
        return orgs.exclude(alias__startswith="bob")

    with override_settings(SFCONNECTOR=settings_with(VISIBLE_ORGS=none_of_bob)):
        browser = browser_of(person("root"))
        for name in LISTS:
            url = reverse(f"admin:sfconnector_{name}_changelist")
            assert "bob" not in browser.get(url).content.decode(), name
        assert "bob" not in browser.get("/admin/").content.decode()


def test_it_narrows_what_groups_allow_and_adds_nothing(two_tenants):
    from django.contrib.auth.models import Group

    Org.objects.get(alias="ada-prod").visible_to.add(Group.objects.create(name="few"))
    everything = settings_with(VISIBLE_ORGS=lambda user, orgs: orgs)
    with override_settings(SFCONNECTOR=everything):
        assert [o.alias for o in Org.objects.for_user(staff())] == ["bob-prod"]


def failing(user, orgs):
    raise RuntimeError("the tenants' table is away")


@pytest.mark.parametrize(
    "broken",
    [
        *(failing, "crm.nowhere", lambda user, orgs: [1]),
        *(lambda user, orgs: orgs[:5], lambda user, orgs: orgs.union(orgs)),
    ],
)
def test_a_callable_that_fails_hides_every_org_and_hurts_no_run(
    plan, org, broken, caplog
):
    with override_settings(SFCONNECTOR=_same(VISIBLE_ORGS=broken)):
        assert not Org.objects.for_user(person()).exists()
        page = browser_of(person()).get(reverse("admin:sfconnector_org_changelist"))
        assert page.status_code == 200
        assert "acme" not in page.content.decode()
        assert run(plan).state == SyncRun.State.SUCCEEDED
    assert "VISIBLE_ORGS failed" in caplog.text


def _same(**values):
    return settings_with(**values)


def test_a_view_of_the_host_shows_only_what_its_user_may_see(
    two_tenants, visible_orgs, monkeypatch
):
    views = as_module(monkeypatch, "views", code_of(PAGE, "# views.py: only"))
    found = [record.data["Name"] for record in views.accounts_of(staff())]
    assert found == ["Account of ada"]


def test_keys_come_from_a_ring_of_the_host(org, plan, monkeypatch):
    module = as_module(monkeypatch, "vault", code_of(PAGE, "# vault.py: where keys"))
    monkeypatch.setitem(sys.modules, "crm.vault", module)
    key = base64.b64encode(b"k" * 32).decode()
    monkeypatch.setenv("SALESFORCE_KEY_K2026", key)
    # Those of before are known to the ring as well, until they are rotated away.
    before = crypto.ring().primary()
    monkeypatch.setattr(module.Ring, "names", ("k2026", before.kid))
    monkeypatch.setenv(f"SALESFORCE_KEY_{before.kid.upper()}", before.material.reveal())
    with override_settings(SFCONNECTOR=_same(KEYRING="crm.vault.Ring")):
        assert keys.rotate().broken == []
        monkeypatch.setattr(module.Ring, "names", ("k2026",))
        assert keys.verify() == []
        assert run(plan).state == SyncRun.State.SUCCEEDED


@pytest.fixture
def store(monkeypatch):
    """The store of the guide, as the settings name it."""
    module = as_module(monkeypatch, "vault", code_of(PAGE, "# vault.py: where tokens"))
    monkeypatch.setattr("sfconnector.token_store.FIRST_PAUSE_S", 0.001)
    return module


def in_store():
    return override_settings(SFCONNECTOR=_same(TOKEN_STORE="crm.vault.Tokens"))


def test_tokens_are_kept_in_a_store_of_the_host(org, plan, store: ModuleType):
    with in_store():
        orgs.connect_headless(org)
        row = Credential.objects.get(org=org)
        token = row.access_token.reveal()
        assert list(store.KEPT.values()) == [token]
        [reference] = store.KEPT
        assert reference.startswith(f"access_token/{row.uuid}/")
        sealed = crypto.unseal(
            row.access_token_enc, purpose="org.access_token", row_uuid=row.uuid
        )
        assert token not in sealed.reveal()
        assert run(plan).state == SyncRun.State.SUCCEEDED
        assert keys.rotate().broken == []
        assert Credential.objects.get(org=org).access_token.reveal() == token
    with pytest.raises(ConfigurationError, match="TOKEN_STORE names none"):
        _ = Credential.objects.get(org=org).access_token


def test_the_store_forgets_the_tokens_of_an_org_that_ends(org, store):
    with in_store():
        orgs.connect_headless(org)
        [first] = store.KEPT
        orgs.connect_headless(org)
        [second] = store.KEPT
        assert first != second
        assert orgs.disconnect(org).warning == ""
        assert store.KEPT == {}


def test_the_store_forgets_those_of_an_org_that_is_removed_or_deleted(org, store):
    with in_store():
        orgs.connect_headless(org)
        retention.request_removal(org)
        assert store.KEPT == {}
        retention.remove(org.pk)
        assert not Org.objects.exists()
        other = Org.objects.create(alias="other", app=ConnectedApp.objects.get())
        row = Credential(org=other)
        row.access_token_enc = row.sealed_access_token(Secret("of the other"))
        row.save()
        assert store.KEPT
        other.delete()
        assert store.KEPT == {}


def test_a_copy_of_the_database_forgets_nothing_in_the_store(org, store):
    with in_store():
        orgs.connect_headless(org)
        Credential.objects.update(fingerprint="of another deployment")
        orgs.detach(org)
        assert len(store.KEPT) == 1
        Credential.objects.update(fingerprint="of another deployment")
        orgs.disconnect(org)
        assert len(store.KEPT) == 1


def test_a_store_that_does_not_forget_stops_no_removal_and_is_told_of(
    org, store, monkeypatch, caplog
):
    def delete(self, reference):
        raise RuntimeError("the vault said a-secret-token")

    with in_store():
        orgs.connect_headless(org)
        uuid = Credential.objects.get(org=org).uuid
        monkeypatch.setattr(store.Tokens, "delete", delete)
        ended = retention.request_removal(org)
        assert f"delete those of {uuid} there" in ended.warning
        line = AuditEvent.objects.get(action="oauth.disconnect")
        assert str(uuid) in line.detail["warning"]
        assert "stays in the token store" in caplog.text
        assert "a-secret-token" not in caplog.text + ended.warning
        retention.remove(org.pk)
        assert not Org.objects.exists()


def test_an_org_of_before_the_store_goes_on_and_renews_into_it(
    org, plan, simulated, store
):
    with in_store():
        assert run(plan).state == SyncRun.State.SUCCEEDED
        assert store.KEPT == {}
        simulated.expire_sessions()
        assert run(plan).state == SyncRun.State.SUCCEEDED
        assert len(store.KEPT) == 1


def test_while_the_store_fails_runs_rest_and_nothing_is_told(
    org, plan, store, caplog, monkeypatch
):
    with in_store():
        orgs.connect_headless(org)
        good = store.Tokens.get

        def get(self, reference):
            raise RuntimeError("the vault said a-secret-token")

        monkeypatch.setattr(store.Tokens, "get", get)
        with pytest.raises(Transient, match="does not answer"):
            _ = Credential.objects.get(org=org).access_token
        rested = run(plan)
        assert rested.state == SyncRun.State.PARKED
        org.refresh_from_db()
        assert org.is_connected
        monkeypatch.setattr(store.Tokens, "get", good)
        assert "a-secret-token" not in caplog.text


def test_a_new_token_outlives_a_store_that_is_away_for_a_while(
    org, plan, simulated, store, monkeypatch
):
    calls = []

    def fail(self):
        calls.append(self)
        if len(calls) <= 6:
            raise RuntimeError("no way to the vault")

    with in_store():
        assert run(plan).state == SyncRun.State.SUCCEEDED
        simulated.expire_sessions()
        monkeypatch.setattr(store.Tokens, "__init__", fail)
        assert run(plan).state == SyncRun.State.SUCCEEDED
        assert len(calls) > 6
        assert len(store.KEPT) == 1


def test_a_store_that_cannot_be_imported_says_so(org):
    given = settings_with(TOKEN_STORE="crm.nowhere")
    with override_settings(SFCONNECTOR=given), pytest.raises(ConfigurationError):
        orgs.connect_headless(org)


LINKS = """
import sys
from tests.hosts import site
code = sys.stdin.read()
names = {}
exec(code, names)
more = {"ABSOLUTE_URL_OVERRIDES": names["ABSOLUTE_URL_OVERRIDES"]}
databases = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
site.begin({"settings": {**more, "DATABASES": databases}})
from sfconnector.models import Org, Record
print(Record(sobject="Account", record_id="001x").get_absolute_url())
print(Org(pk=7).get_absolute_url())
"""


def test_links_lead_to_the_admin_or_where_the_host_says():
    done = subprocess.run(
        [sys.executable, "-c", LINKS],
        input=code_of(PAGE, "# settings.py\nABSOLUTE_URL_OVERRIDES"),
        capture_output=True,
        text=True,
        check=False,
    )
    told = done.stdout.split()
    assert told == ["/crm/Account/001x/", "/admin/sfconnector/org/7/change/"], (
        done.stderr
    )


def test_every_link_of_a_row_is_a_page(two_tenants):
    browser = browser_of(person("root"))
    org = Org.objects.get(alias="ada-prod")
    rows = (org, org.app, org.plans.get(), org.runs.get(), org.sobjects.get())
    for row in (*rows, Record.objects.get(org=org)):
        page = browser.get(row.get_absolute_url(), follow=True)
        assert page.status_code == 200, row
        assert "viewsitelink" not in page.content.decode()


def test_a_second_admin_site_has_the_pages(db, monkeypatch):
    module = as_module(monkeypatch, "urls", code_of(PAGE, "# urls.py: a second"))
    make_org()
    with override_settings(ROOT_URLCONF=module):
        clear_url_caches()
        page = browser_of(person()).get("/crm/sfconnector/org/")
        assert "acme" in page.content.decode()
        assert 'href="/admin/' not in page.content.decode()
    set_urlconf(None)
    clear_url_caches()


def test_an_admin_class_of_the_host_takes_the_place_of_ours(two_tenants, monkeypatch):
    try:
        as_module(monkeypatch, "admin", code_of(PAGE, "# admin.py: a column"))
        # A site reads its URLs once it knows its admin classes; this one did before.
        module = ModuleType("crm.later_urls")
        module.urlpatterns = [path("admin/", admin.site.urls), *urlpatterns]
        monkeypatch.setitem(sys.modules, module.__name__, module)
        with override_settings(ROOT_URLCONF=module.__name__):
            browser = browser_of(person())
            page = browser.get(reverse("admin:sfconnector_org_changelist"))
            text = page.content.decode()
            assert re.search(r'class="field-tenant"[^>]*>ada</td>', text)
            org = Org.objects.get(alias="ada-prod")
            assert browser.get(org.get_absolute_url()).status_code == 200
    finally:
        admin.site.unregister(Org)
        admin.site.register(Org, OrgAdmin)
        clear_url_caches()


def test_plans_are_asked_for_by_user_as_well(two_tenants, visible_orgs):
    from sfconnector.models import SyncPlan

    assert [one.org.alias for one in SyncPlan.objects.for_user(staff())] == ["ada-prod"]
    assert sync.request_run(SyncPlan.objects.for_user(staff()).get())
