"""The walk through the product on a host: connect, discover, fetch, look, disconnect."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.urls import reverse
from django.utils import translation

from salesforce_simulator import SalesforceOrg
from sfconnector import (
    catalog,
    celery_apps,
    orgs,
    retention,
    schedules,
    sync,
    tasks,
    transactions,
)
from sfconnector.exceptions import ConfigurationError
from sfconnector.models import (
    ApiCall,
    AuditEvent,
    Credential,
    Heartbeat,
    Org,
    Record,
    SObject,
    SyncPlan,
    SyncRun,
)
from tests.connections import app_of, led_to, press
from tests.faults.processes import wait_until
from tests.hosts.buttons import buttons_of

MODELS = (
    *("connectedapp", "org", "sobject", "syncplan", "syncrun"),
    *("record", "apicall", "cachedresponse", "auditevent"),
)


class Browser(Client):
    """A browser behind a proxy that strips the path prefix, if the host has one."""

    def generic(self, method: str, path: str, *rest: Any, **more: Any) -> Any:
        prefix = settings.FORCE_SCRIPT_NAME or ""
        return super().generic(method, path.removeprefix(prefix), *rest, **more)


def walk(simulated: SalesforceOrg, *, then: str = "") -> dict[str, Any]:
    """Do everything once and tell what came of it."""
    translation.activate(translation.get_supported_language_variant("en-us"))
    browser = Browser()
    browser.force_login(_chief())
    org = orgs.create(
        "acme",
        app=app_of(simulated),
        environment=Org.Environment.MY_DOMAIN,
        my_domain=simulated.base_url,
    )
    _connect(browser, org)
    org.refresh_from_db()
    _press(browser, "org", "discover", org.pk)
    catalog.describe(org, sobject="Account")
    plan = sync.plan_object(org, sobject="Account")
    _press(browser, "syncplan", "run", plan.pk)
    run = SyncRun.objects.latest("pk")
    sync.execute(run.pk, worker="test")
    run.refresh_from_db()
    simulated.expire_sessions()
    _press(browser, "org", "test", org.pk)
    tasks.tick()
    statuses = _look(browser, org, run)
    if then == "protected":
        return _protected(browser, org) | _held(browser, org)
    if then == "worker":
        return _heard_elsewhere(plan)
    if then == "beat":
        return {"told": _beaten(), **_uninstalled(browser, org)}
    if then == "buttons":
        return {"buttons": _buttons(browser, org, run)}
    if then == "uninstall":
        return _uninstalled(browser, org)
    _press(browser, "org", "disconnect", org.pk)
    org.refresh_from_db()
    return {
        "state": run.state,
        "error": run.error_text,
        "fetched": run.fetched,
        "records": Record.objects.count(),
        "generation": Credential.objects.get(org=org).generation,
        "statuses": statuses,
        "status": org.status,
        "transaction": _opened(),
        "deeds": AuditEvent.objects.filter(user_name__contains="chief").count(),
    }


def _opened() -> dict[str, list[str]]:
    """Open a transaction as the app does; tell in which databases, and who waits there."""
    with transactions.atomic():
        transactions.on_commit(lambda: None)
        return {
            "open": [one.alias for one in connections.all() if one.in_atomic_block],
            "awaited": [one.alias for one in connections.all() if one.run_on_commit],
        }


def _heard_elsewhere(plan: SyncPlan) -> dict[str, Any]:
    """Ask for a run here, and let ``sf_worker`` in another process find it."""
    orders = {**json.loads(sys.argv[1]), "command": ["sf_worker"]}
    command = [sys.executable, "-m", "tests.hosts.site", json.dumps(orders)]
    Heartbeat.objects.all().delete()
    worker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        wait_until(lambda: Heartbeat.objects.filter(kind="tick").exists())
        run = sync.request_run(plan, full=True)
        wait_until(lambda: not SyncRun.objects.get(pk=run.pk).is_active)
        run.refresh_from_db()
        waited = (run.started_at - run.queued_at).total_seconds()
        worker.terminate()
        said, _ = worker.communicate(timeout=30)
    finally:
        worker.kill()
    return {
        "state": run.state,
        "waited": waited,
        "said": said,
        "is_ended": worker.returncode == 0,
    }


def _beaten() -> dict[str, Any]:
    """Let django-celery-beat send the tick; return what the message says of itself."""
    from django_celery_beat.schedulers import DatabaseScheduler

    app = celery_apps.ours()
    scheduler = DatabaseScheduler(app=app)
    entry = scheduler.schedule[schedules.ENTRY]
    assert "expires" not in entry.options, "it keeps what it is given by now"
    with app.connection_for_read() as connection:
        connection.default_channel.queue_purge("celery")
        scheduler.apply_async(entry, producer=None)
        message = connection.default_channel.basic_get("celery", no_ack=True)
    return {name: message.headers[name] for name in ("task", "expires")}


def _refused_to_uninstall() -> str:
    try:
        call_command("sf_uninstall", "--yes", "--leave-grants")
    except CommandError as error:
        return str(error)
    return ""


def _uninstalled(browser: Client, org: Org) -> dict[str, Any]:
    """Take the app out of the project; tell what is left of it, and of the project."""
    out = io.StringIO()
    refused = ""
    try:
        call_command("sf_uninstall", "--yes", stdout=out)
    except CommandError as error:
        refused = str(error)
    _press(browser, "org", "disconnect", org.pk)
    call_command("sf_uninstall", "--yes", stdout=out)
    connection = transactions.connection()
    tables = connection.introspection.table_names()
    left = [name for name in tables if name.startswith("sfconnector_")]
    left += Permission.objects.filter(codename="connect_org").values_list("codename")
    left += ContentType.objects.filter(app_label="sfconnector")
    left += MigrationRecorder(connection).migration_qs.filter(app="sfconnector")
    status = browser.get(reverse("admin:auth_group_changelist")).status_code
    call_command("migrate", verbosity=0)
    return {
        "refused": refused,
        "left": [str(one) for one in left],
        "said": out.getvalue(),
        "status": status,
        "again": Org.objects.count(),
    }


def _protected(browser: Client, org: Org) -> dict[str, Any]:
    """Ask for a purge of records that a row of the host holds; tell who refused."""
    from tests.hosts.people.models import Note

    Note.objects.create(record=Record.objects.earliest("pk"))
    refused = []
    verbs = {"purge": retention.request_purge, "remove": retention.request_removal}
    for name, verb in verbs.items():
        try:
            verb(org)
        except ConfigurationError as error:
            refused += [name] if "1 notes" in str(error) else []
    url = reverse("admin:sfconnector_org_disconnect", args=[org.pk])
    page = browser.post(url, {"cached": "purge"}, follow=True).content.decode()
    if "1 notes" in page:
        refused.append("the page")
    not_uninstalled = _refused_to_uninstall()
    org.refresh_from_db()
    kept = org.is_connected and not org.deletion_requested_at
    return {
        "refused": refused,
        "not_uninstalled": not_uninstalled,
        "kept": kept and not org.purge_requested_at,
    }


def _held(browser: Client, org: Org) -> dict[str, Any]:
    """Let rows of the host hold others than records; tell what happens to those."""
    from tests.hosts.people.models import Hold, Note

    Note.objects.all().delete()
    run = SyncRun.objects.filter(org=org).earliest("pk")
    call = ApiCall.objects.filter(org=org).earliest("pk")
    SyncRun.objects.create(plan=run.plan, org=org, state=SyncRun.State.SUCCEEDED)
    SyncRun.objects.filter(org=org).update(finished_at="2020-06-01T00:00Z")
    ApiCall.objects.filter(org=org).update(at="2020-06-01T00:00Z")
    held = {"org": org, "plan": run.plan, "run": run, "call": call}
    url = reverse("admin:sfconnector_syncplan_delete", args=[run.plan_id])
    refused, asked = [], []
    for name, row in held.items():
        hold = Hold.objects.create(**{name: row})
        try:
            retention.request_removal(org)
        except ConfigurationError as error:
            refused += [name] if "1 holds" in str(error) else []
        asked += [name] if "1 holds" in browser.get(url).content.decode() else []
        hold.delete()
    Hold.objects.create(run=run, call=call)
    browser.post(url, {"post": "yes"})
    retention.look_after()
    return {
        "held": refused,
        "held_on_the_page": asked,
        "kept_for_them": [
            SyncPlan.objects.filter(pk=run.plan_id).exists(),
            list(SyncRun.objects.filter(org=org, finished_at__year=2020)) == [run],
            list(ApiCall.objects.filter(org=org, at__year=2020)) == [call],
        ],
    }


def _chief() -> Any:
    """Return a superuser, whatever fields the host's model has."""
    model = get_user_model()
    names = {field.name for field in model._meta.get_fields()}
    given = {"username": "chief", "email": "chief@example.com"}
    values = {key: value for key, value in given.items() if key in names}
    person = model(**values)
    for flag in ("is_staff", "is_superuser", "is_active"):
        if flag in names:
            setattr(person, flag, True)
    person.set_password("chief")
    person.save()
    return person


def _connect(browser: Client, org: Org) -> None:
    url = reverse("admin:sfconnector_org_connect", args=[org.pk])
    begun = browser.post(url)
    back = press(led_to(begun))
    answer = browser.get(reverse("sfconnector:callback"), back, follow=True)
    assert answer.status_code == 200, answer.content.decode()[:3000]


def _press(browser: Client, model: str, verb: str, pk: int) -> None:
    url = reverse(f"admin:sfconnector_{model}_{verb}", args=[pk])
    answer = browser.post(url, follow=True)
    assert answer.status_code == 200, answer.status_code
    page = answer.content.decode()
    assert "errorlist" not in page
    assert 'class="error"' not in page, page


def _look(browser: Client, org: Org, run: SyncRun) -> dict[str, int]:
    """Open every list and the pages that matter; give the status of each."""
    pages = [*_pages(org, run), reverse("sfconnector:healthz")]
    return {url: browser.get(url).status_code for url in pages}


def _buttons(browser: Client, org: Org, run: SyncRun) -> dict[str, list[str]]:
    """Open the same pages, and those that add a row; give our buttons on each."""
    adding = [reverse(f"admin:sfconnector_{name}_add") for name in MODELS[:2]]
    pages = [*_pages(org, run), *adding, reverse("admin:sfconnector_syncplan_add")]
    pages = [url for url in pages if "/sfconnector/" in url]
    return {url: buttons_of(browser.get(url).content.decode()) for url in pages}


def _pages(org: Org, run: SyncRun) -> list[str]:
    pages = [reverse(f"admin:sfconnector_{name}_changelist") for name in MODELS]
    account = SObject.objects.get(org=org, name="Account")
    record = Record.objects.order_by("pk").first()
    shown = [("org", org.pk), ("sobject", account.pk), ("syncrun", run.pk)]
    shown += [("syncplan", run.plan_id), ("connectedapp", org.app_id)]
    pages += [reverse(f"admin:sfconnector_{m}_change", args=[pk]) for m, pk in shown]
    names = ["acme", "Account"]
    pages.append(reverse("admin:sfconnector_record_browse", args=names))
    if record is not None:
        names.append(record.record_id)
        pages.append(reverse("admin:sfconnector_record_show", args=names))
    pages += [reverse(f"admin:sfconnector_org_{v}") for v in ("explore", "storage")]
    pages += [reverse("admin:index"), reverse("admin:app_list", args=["sfconnector"])]
    return pages
