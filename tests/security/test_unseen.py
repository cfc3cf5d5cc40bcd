"""No secret is seen in logs, errors, crash reports, dumps or messages (S21-S25)."""

from __future__ import annotations

import io
import json
import logging
import pickle
import sys
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.core.management import call_command
from django.core.signals import got_request_exception
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views.debug import ExceptionReporter

from sfconnector import exceptions, orgs, tasks
from sfconnector.models import Credential, Org
from sfconnector.secret import Secret
from sfconnector.simulator import SalesforceOrg
from tests.connections import NONCE, connect, person, press
from tests.security.canaries import KINDS, Canaries, crash_report

TOKEN = "/services/oauth2/token"


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Everything that any logger says, at DEBUG and to a handler of the root."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield text
    root.removeHandler(handler)
    root.setLevel(before)


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
    org: Org, salesforce_org: SalesforceOrg, logged: io.StringIO
) -> None:
    canaries = Canaries(salesforce_org)
    whole_life(org, salesforce_org)
    assert set(canaries.found.values()) == KINDS
    text = logged.getvalue()
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


def test_s22_a_crash_in_the_callback_reports_no_code(
    org: Org, salesforce_org: SalesforceOrg, browser: Client
) -> None:
    canaries = Canaries(salesforce_org)
    address = browser.post(reverse("admin:sfconnector_org_connect", args=[org.pk]))
    back = press(str(address["Location"]))
    canaries.found |= {back["code"]: "code", quote(back["code"], safe=""): "code"}
    reports: list[str] = []

    def report(sender: object, request: Any, **_rest: Any) -> None:
        page = ExceptionReporter(request, *sys.exc_info()).get_traceback_html()
        error = sys.exc_info()[1]
        assert error is not None
        told = f"{request.META!r} {request.GET!r} {crash_report(error)}"
        reports.append(page + told)

    got_request_exception.connect(report)
    browser.raise_request_exception = False
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sfconnector.orgs.arrival.settle", None)
        answer = browser.get("/salesforce/callback/", back)
    got_request_exception.disconnect(report)
    assert answer.status_code == 500
    assert len(reports) == 1
    assert canaries.seen_in(reports[0]) == set()


def test_s23_a_task_message_holds_ids_alone() -> None:
    for task in (tasks.run_plan, tasks.tick, tasks.upkeep, tasks.care):
        assert task.ignore_result
    sent: list[tuple[Any, ...]] = []
    original: Callable[..., Any] = tasks.run_plan.apply_async
    tasks.run_plan.apply_async = lambda args, **_options: sent.append(args)
    try:
        tasks.ring(17)
    finally:
        tasks.run_plan.apply_async = original
    assert sent == [(17,)]


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
    press(orgs.begin(org, user=person(), session_nonce=NONCE).authorize_url)
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
