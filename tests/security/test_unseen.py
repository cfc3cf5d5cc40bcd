"""No secret is seen in logs, errors, crash reports, dumps or messages (S21-S25)."""

from __future__ import annotations

import inspect
import io
import json
import pickle
import sys
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from celery import Celery, Task, current_app
from celery.signals import before_task_publish
from django.core.cache import cache
from django.core.management import call_command
from django.core.signals import got_request_exception
from django.db import connection
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse
from django.utils import timezone
from django.views.debug import ExceptionReporter

from salesforce_simulator import SalesforceOrg
from sfconnector import exceptions, orgs, tasks
from sfconnector.audit import Actor
from sfconnector.models import Credential, Org, PendingChange, SObject, SyncPlan
from sfconnector.secret import Secret
from tests.connections import (
    NONCE,
    browser_of,
    connect,
    led_to,
    person,
    press,
    settings_with,
)
from tests.security.canaries import KINDS, Canaries, crash_report

TOKEN = "/services/oauth2/token"
PEM = "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----"


def call(org: Org) -> None:
    with orgs.client_for(org, purpose="test", patient=False) as client:
        client.limits()


def whole_life(org: Org, simulated: SalesforceOrg) -> None:
    """Connect, call, refresh with rotation, reconnect, disconnect."""
    connect(org)
    simulated.expire_sessions()
    call(org)
    connect(Org.objects.get(pk=org.pk))
    orgs.disconnect(org)


def test_s21_no_logger_says_a_secret_at_debug(
    org: Org, salesforce_org: SalesforceOrg, everything_logged: io.StringIO
) -> None:
    canaries = Canaries(salesforce_org)
    whole_life(org, salesforce_org)
    assert set(canaries.found.values()) == KINDS
    text = everything_logged.getvalue()
    assert "requests_oauthlib" in text, "the library did speak"
    assert canaries.seen_in(text) == set()


FAULTS: dict[str, dict[str, Any]] = {
    "refused": {"refuse": "invalid_client"},
    "dead": {"refuse": "expired_token"},
    "page": {"page": True},
    "reset": {"reset": True, "after": True},
    "cut": {"cut": 20, "after": True},
    "not json": {"status": 200, "body": "{"},
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("step", ["connect", "refresh"])
def test_s22_no_error_carries_a_secret_not_even_in_its_local_variables(
    org: Org, salesforce_org: SalesforceOrg, step: str, fault: dict[str, Any]
) -> None:
    canaries = Canaries(salesforce_org)
    if step == "refresh":
        connect(org)
        salesforce_org.expire_sessions()
    salesforce_org.faults.add(path=TOKEN, **fault)
    with pytest.raises(exceptions.SFConnectorError) as caught:
        (connect if step == "connect" else call)(org)
    assert canaries.seen_in(crash_report(caught.value)) == set()
    assert canaries.seen_in(json.dumps(vars(caught.value), default=repr)) == set()
    assert canaries.seen_in(str(pickle.dumps(caught.value))) == set()


def test_s22_djangos_debug_page_shows_no_secret(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    canaries = Canaries(salesforce_org)
    connect(org)
    salesforce_org.expire_sessions()
    salesforce_org.faults.add(path=TOKEN, refuse="invalid_client")
    request = RequestFactory().get("/")
    try:
        call(org)
    except exceptions.SFConnectorError:
        page = ExceptionReporter(request, *sys.exc_info()).get_traceback_html()
    assert "_renew_under" in page
    assert canaries.seen_in(page) == set()


def test_s22_an_error_inside_of_our_code_shows_no_secret(
    org: Org, salesforce_org: SalesforceOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    canaries = Canaries(salesforce_org)
    connect(org)
    salesforce_org.expire_sessions()

    def broken(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("sfconnector.tokens.storing._token_values", broken)
    with pytest.raises(ZeroDivisionError) as caught:
        call(org)
    assert canaries.seen_in(crash_report(caught.value)) == set()


@contextmanager
def crashes(browser: Client) -> Iterator[list[tuple[str, str]]]:
    """Give what Django would mail of each crash, and what a reporter collects."""
    reports: list[tuple[str, str]] = []

    def report(sender: object, request: Any, **_rest: Any) -> None:
        page = ExceptionReporter(request, *sys.exc_info()).get_traceback_html()
        error = sys.exc_info()[1]
        assert error is not None
        told = f"{request.META!r} {request.GET!r} {crash_report(error)}"
        reports.append((page, told))

    got_request_exception.connect(report)
    browser.raise_request_exception = False
    yield reports
    got_request_exception.disconnect(report)


def test_s22_a_crash_in_the_callback_reports_no_code(
    org: Org,
    salesforce_org: SalesforceOrg,
    browser: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    canaries = Canaries(salesforce_org)
    address = browser.post(reverse("admin:sfconnector_org_connect", args=[org.pk]))
    back = press(led_to(address))
    canaries.found |= {back["code"]: "code", quote(back["code"], safe=""): "code"}
    monkeypatch.setattr("sfconnector.orgs.connecting.callback.settle", None)
    with crashes(browser) as reports:
        assert browser.get("/salesforce/callback/", back).status_code == 500
    [report] = reports
    assert canaries.seen_in("".join(report)) == set()


@pytest.mark.parametrize("place", ["begin", "find_invitation"])
def test_s22_a_crash_on_the_page_of_an_invitation_reports_no_secret(
    org: Org, browser: Client, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    secret = urlsplit(orgs.invite(org, by=Actor(person())).url).fragment
    monkeypatch.setattr(f"sfconnector.views.orgs.{place}", None)
    with crashes(browser) as reports:
        form = {"token": secret, "connect": "yes"}
        assert browser.post("/salesforce/invited/", form).status_code == 500
    [(page, _told)] = reports
    assert "connect" in page
    assert secret not in page


@pytest.mark.parametrize(
    "place",
    [
        "sfconnector.admin.orgs.app_admin.note_change",
        "sfconnector.admin.orgs.app_form.Secret",
    ],
)
def test_s22_a_crash_in_the_form_of_an_app_reports_no_typed_secret(
    org: Org, browser: Client, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    typed = {"consumer_secret": "CANARY-1", "private_key": PEM.format("CANARY-2")}
    form = {"name": "App", "consumer_key": "3MVG9" + "x" * 60, "scopes": org.app.scopes}
    url = reverse("admin:sfconnector_connectedapp_change", args=[org.app_id])
    monkeypatch.setattr(place, None)
    with crashes(browser) as reports:
        assert browser.post(url, {**form, **typed}).status_code == 500
    [(page, _collected)] = reports
    assert "consumer_key" in page, "the form is in the mail"
    assert "CANARY" not in page


def our_tasks() -> list[Task]:
    """Return every task of the app, as a host finds it whose Celery has no settings."""
    host = Celery("host", set_as_current=False)
    host.finalize()
    known = sorted(host.tasks.items())
    host.close()  # or checks would count it as an app of the host
    return [task for name, task in known if name.startswith("sfconnector.")]


def test_s23_every_task_takes_ids_and_keeps_no_result() -> None:
    assert len(our_tasks()) > 5
    for task in our_tasks():
        assert task.ignore_result, task.name
        given = inspect.signature(task.run, eval_str=True)
        assert given.return_annotation is None, task.name
        kinds = {
            one.annotation
            for one in given.parameters.values()
            if one.kind is not one.VAR_KEYWORD  # what newer senders say is ignored
        }
        assert kinds <= {int}, task.name


@pytest.mark.django_db
def test_s23_a_task_message_holds_ids_alone(org: Org, settings: Any) -> None:
    sent: dict[str, tuple[Any, Any]] = {}

    def hear(sender: str, body: Any, **_rest: Any) -> None:
        sent[sender] = body[:2]

    sobject = SObject.objects.create(org=org, name="Account", wanted_indexes=["Name"])
    doomed = Org.objects.create(
        alias="doomed", app=org.app, deletion_requested_at=timezone.now()
    )
    now = timezone.now()
    Org.objects.filter(pk=org.pk).update(
        purge_requested_at=now, connected_at=now, catalog_at=None, status="connected"
    )
    PendingChange.objects.create(
        org=org, sobject="Account", receiver="a", payload={}, due_at=now
    )
    settings.SFCONNECTOR = settings_with(ROUNDS=True)
    quiet = Org.objects.create(alias="quiet", app=org.app, status="connected")
    SyncPlan.objects.create(
        org=quiet, sobject="Account", cursor_value="2026-01-01", next_run_at=now
    )
    before_task_publish.connect(hear)
    try:
        tasks.ring(17)
        tasks.tick()
        tasks.upkeep()
        tasks.tick.apply_async()
    finally:
        before_task_publish.disconnect(hear)
        current_app.control.purge()
    ids = {
        "sfconnector.run_plan": [17],
        "sfconnector.look_round": [quiet.pk],
        "sfconnector.get_to_know": [org.pk],
        "sfconnector.purge_org": [org.pk],
        "sfconnector.remove_org": [doomed.pk],
        "sfconnector.settle_indexes": [sobject.pk],
    }
    assert set(sent) == {task.name for task in our_tasks()}
    for name, (args, kwargs) in sent.items():
        assert list(args) == ids.get(name, []), name
        assert kwargs == {}


def test_s23_a_secret_cannot_become_a_task_argument() -> None:
    secret = Secret("5Aep861 a refresh token")
    with pytest.raises(TypeError):
        json.dumps({"token": secret})
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_s20_s25_a_dump_of_the_database_holds_no_secret(
    org: Org, salesforce_org: SalesforceOrg, browser: Client
) -> None:
    canaries = Canaries(salesforce_org)
    connect(org)
    press(orgs.begin(org, by=Actor(person()), session_nonce=NONCE).authorize_url)
    browser.get(reverse("admin:sfconnector_org_change", args=[org.pk]))
    salesforce_org.expire_sessions()
    call(org)
    dump = io.StringIO()
    call_command("dumpdata", stdout=dump)
    assert "sfc1$t1$" in dump.getvalue()
    assert canaries.seen_in(dump.getvalue()) == set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            assert canaries.seen_in(repr(cursor.fetchall())) == set(), table


@pytest.mark.django_db(transaction=True)  # MariaDB commits before it makes a table
@override_settings(
    CACHES={"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache",
                        "LOCATION": "cached"}},
    SESSION_ENGINE="django.contrib.sessions.backends.cache",
)  # fmt: skip
def test_s20_the_cache_holds_no_secret(org: Org, salesforce_org: SalesforceOrg) -> None:
    canaries = Canaries(salesforce_org)
    with connection.cursor() as cursor:  # of a test before, in the same database
        cursor.execute("DROP TABLE IF EXISTS cached")
    call_command("createcachetable")
    browser = browser_of(person())
    page = reverse("admin:sfconnector_org_connect", args=[org.pk])
    back = press(led_to(browser.post(page)))
    assert browser.get("/salesforce/callback/", back).status_code == 302
    salesforce_org.expire_sessions()
    call(org)
    browser.get(reverse("admin:sfconnector_org_change", args=[org.pk]))
    cache.set("canary", "the cache is written to the table")
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM cached")
        kept = [str(pickle.loads(b64decode(row[0]))) for row in cursor.fetchall()]
    text = "\n".join(kept)
    assert "the cache is written" in text
    assert orgs.SESSION_KEY in text, "the session is among it"
    assert {"code", "access_token", "refresh_token"} <= set(canaries.found.values())
    assert canaries.seen_in(text) == set()


def test_s20_rows_do_not_print_what_they_hold(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    canaries = Canaries(salesforce_org)
    connect(org)
    row = Credential.objects.get(org=org)
    shown = f"{row!r} {row} {row.access_token!r} {row.refresh_token} {org.app!r}"
    assert canaries.seen_in(shown) == set()


def test_s25_no_key_stands_beside_the_rows_it_seals(org: Org) -> None:
    connect(org)
    dump = io.StringIO()
    call_command("dumpdata", stdout=dump)
    from django.conf import settings

    key = settings.SFCONNECTOR["ENCRYPTION_KEYS"].partition(":")[2]
    assert key not in dump.getvalue()
