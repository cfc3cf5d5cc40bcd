from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from django.conf import settings
from django.core.checks import CheckMessage, run_checks
from django.db import connection
from django.test import override_settings

from sfconnector import (
    celery_checks,
    checks,
    crypto,
    host_checks,
    keys,
    task_checks,
    typed_checks,
)
from sfconnector.models import ConnectedApp, KeyCanary
from sfconnector.secret import Secret
from tests.connections import settings_with
from tests.environment import of_a_process

ROOT = Path(__file__).resolve().parent.parent


def found(*, deploy: bool = False, database: bool = False, **values: Any) -> set[str]:
    """Run all checks with some settings of the app changed; return the ids."""
    with override_settings(SFCONNECTOR=settings_with(**values)):
        messages: list[CheckMessage] = run_checks(
            include_deployment_checks=deploy,
            databases=["default"] if database else [],
        )
    ours = [str(one.id) for one in messages if str(one.id).startswith("sfconnector.")]
    return {one.partition(".")[2] for one in ours}


def key(kid: str, fill: int) -> str:
    return f"{kid}:{base64.b64encode(bytes([fill]) * 32).decode()}"


def test_every_check_is_explained_and_every_explanation_has_its_check():
    rooms = (checks, celery_checks, host_checks, task_checks, typed_checks)
    source = "".join(Path(one.__file__).read_text("utf-8") for one in rooms)
    made = set(re.findall(r'id="(sfconnector\.[EW]\d+)"', source))
    page = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    assert made == set(re.findall(r"^\| `(sfconnector\.[EW]\d+)`", page, re.MULTILINE))


def test_the_settings_of_the_tests_raise_no_check():
    assert found() == set()


def test_a_site_without_a_key_is_told_so():
    assert found(ENCRYPTION_KEYS="") == {"E101"}


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "k1:c2hvcnQ=",
        f"{key('k1', 1)},{key('k1', 2)}",
        f"{key('k1', 1)},{key('k2', 1)}",
        "bad name!:" + base64.b64encode(b"x" * 32).decode(),
        ",",
    ],
)
def test_keys_that_cannot_be_read_are_told(text: str):
    assert found(ENCRYPTION_KEYS=text) == {"E102"}


def test_a_key_ring_class_that_is_not_there_is_told():
    assert found(KEYRING="nowhere.Ring") == {"E102"}


@pytest.mark.parametrize(
    "derived",
    [
        lambda text: text[:32],
        lambda text: hashlib.sha256(text).digest(),
        lambda text: base64.b64encode(text)[:32],
        lambda text: hashlib.md5(text, usedforsecurity=False).hexdigest().encode(),
    ],
)
def test_a_key_made_of_the_secret_key_is_told(derived: Any):
    raw = derived(settings.SECRET_KEY.encode())
    text = f"k1:{base64.b64encode(raw).decode()}"
    assert found(ENCRYPTION_KEYS=text) == {"E103"}


@pytest.mark.django_db
def test_the_key_file_of_development_is_told(tmp_path: Path):
    path = tmp_path / "dev.key"
    with override_settings(DEBUG=True):
        given = {"ENCRYPTION_KEYS": "", "DEV_KEY_FILE": str(path)}
        assert found(**given) == set(), "before every command it would be noise"
        assert "W104" in found(deploy=True, **given)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db
def test_another_key_under_a_known_name_is_told():
    with override_settings(SFCONNECTOR=settings_with(ENCRYPTION_KEYS=key("k1", 1))):
        KeyCanary.plant()
    assert found(database=True, ENCRYPTION_KEYS=key("k1", 2)) == {"E105"}
    assert found(database=True, ENCRYPTION_KEYS=key("k1", 1)) == set()


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "mysql", reason="is about MariaDB and MySQL")
@pytest.mark.parametrize(("name", "told"), [("latin1", {"E210"}), ("utf8mb4", set())])
def test_a_character_set_that_keeps_no_other_scripts_is_told(
    name: str, told: set[str]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET character_set_database = {name}")
        assert found(database=True) == told
        cursor.execute("SET character_set_database = utf8mb4")


@pytest.mark.django_db
def test_secrets_under_a_missing_key_are_told():
    with override_settings(SFCONNECTOR=settings_with(ENCRYPTION_KEYS=key("k1", 1))):
        app = ConnectedApp(name="App", consumer_key="3MVG9")
        app.set_consumer_secret(Secret("a consumer secret"))
        app.save()
        assert keys.status().counts == {"k1": {"ConnectedApp.consumer_secret_enc": 1}}
    assert found(database=True, ENCRYPTION_KEYS=key("k2", 2)) == {"W106"}


def test_a_memory_broker_without_a_worker_inside_is_told():
    assert found(EMBEDDED_WORKER=False) == {"E201"}
    assert found(EMBEDDED_WORKER=True) == set()


@pytest.fixture
def crm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Celery]:
    """A second Celery app of the host."""
    monkeypatch.delenv("CELERY_BROKER_URL")  # it would win over any app's settings
    app = Celery("crm", set_as_current=False, fixups=[])
    monkeypatch.setitem(globals(), "crm_app", app)
    yield app
    app.close()


CRM = {"CELERY_APP": "tests.test_checks.crm_app"}


def test_of_several_celery_apps_the_right_one_has_to_be_named(crm: Celery) -> None:
    assert found() == {"W207"}
    assert found(**CRM) == {"E205"}, "localhost is no broker that anybody named"
    assert found(**CRM, EMBEDDED_WORKER=False) == {"W206"}
    crm.conf.task_always_eager = True
    assert found(**CRM) == set()
    for path in ("tests.test_checks.nothing", "tests.test_checks.found", "nowhere"):
        assert found(CELERY_APP=path) == {"E208"}


def test_a_queue_that_is_none_is_told(crm: Celery) -> None:
    crm.conf.update(broker_url="memory://localhost/", task_create_missing_queues=False)
    assert found(**CRM) == set()
    assert found(**CRM, CELERY_QUEUE="salesforce") == {"E209"}


@pytest.mark.parametrize(
    ("url", "options", "expected"),
    [
        ("redis://127.0.0.1:1/0", {}, {"W202"}),
        ("redis://127.0.0.1:1/0", {"max_retries": 1}, {"W202"}),
        ("redis://127.0.0.1:1/0", {"max_retries": 1, "socket_timeout": 2}, set()),
        ("amqp://127.0.0.1:1//", {}, {"W202"}),
        ("amqp://127.0.0.1:1//", {"max_retries": 1}, set()),
    ],
)
def test_a_broker_that_could_hang_a_page_is_told(
    crm: Celery, url: str, options: dict[str, int], expected: set[str]
) -> None:
    crm.conf.update(broker_url=url, broker_transport_options=options)
    assert found(**CRM) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"PUBLC_URL": "x"}, {"W301"}),
        ({"PUBLIC_URL": "https://sf.example.com/path"}, {"E302"}),
        ({"PUBLIC_URL": "sf.example.com"}, {"E302"}),
        ({"PUBLIC_URL": ""}, {"W303"}),
        (
            {"ALERT_WEBHOOK_URL": "http://h.example", "ALERT_WEBHOOK_SECRET": "s"},
            {"E306"},
        ),
        ({"ALERT_WEBHOOK_URL": "https://hooks.example.com/x"}, {"E307"}),
    ],
)
def test_a_setting_that_cannot_work_is_told(
    values: dict[str, Any], expected: set[str]
) -> None:
    assert found(**values) == expected


class RecordsElsewhere:
    """A router that sends the many rows to a database of their own."""

    def db_for_write(self, model: Any, **_hints: Any) -> str | None:
        return "other" if model.__name__ == "Record" else None


@override_settings(DATABASE_ROUTERS=["tests.test_checks.RecordsElsewhere"])
def test_rows_that_would_lie_in_two_databases_are_told():
    assert [one.id for one in checks.check_router()] == ["sfconnector.E203"]


@override_settings(ROOT_URLCONF="django.contrib.auth.urls")
def test_missing_urls_are_told():
    assert [one.id for one in checks.check_urls()] == ["sfconnector.E304"]


def test_insecure_transport_in_the_environment_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    assert found() == {"E305"}


@pytest.mark.django_db
def test_a_deployment_is_told_what_belongs_to_development():
    assert found(deploy=True) == {"W401", "W402"}
    real = {"EXTRA_HOSTS": [], "PUBLIC_URL": "https://sf.example.com"}
    assert found(deploy=True, **real) == set()


def test_a_generated_key_is_accepted():
    assert found(ENCRYPTION_KEYS=crypto.new_key().reveal()) == set()


def test_a_host_without_a_celery_app_has_ours_which_lives_in_one_process():
    script = """
from django.conf import settings
settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes",
                    "django.contrib.admin", "sfconnector"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3"}},
    SECRET_KEY="x", USE_TZ=True, SFCONNECTOR={"EMBEDDED_WORKER": True},
)
import django
django.setup()
from sfconnector import celery_apps, celery_checks, embedded
app = celery_apps.ours()
print(app.main, celery_apps.broker_of(app), celery_checks.check_broker())
from celery import Celery
app = Celery("crm")
print(celery_apps.ours().main, [one.id for one in celery_checks.check_broker()])
try:
    embedded.start()
except Exception as error:
    print(type(error).__name__, error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=of_a_process(),
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.stdout.splitlines() == [
        "sfconnector memory://localhost/ []",
        "crm ['sfconnector.E205']",
        "ConfigurationError The Celery app 'crm' names no broker to work for.",
    ], done.stderr


def all_of(user, orgs):
    return orgs


def of_one(user):
    return user


class Whole:
    def put(self, name, token):
        return ""

    def get(self, reference):
        return ""

    def delete(self, reference):
        pass


class Forgetless:
    put, get = Whole.put, Whole.get


class Narrow(Whole):
    def put(self, token):
        return ""


class Needy(Whole):
    def __init__(self, address):
        pass


NOT_A_CLASS = 5
HERE = __name__


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("crm.nowhere.visible", "cannot be imported"),
        ("nowhere", "cannot be imported"),
        (f"{HERE}.missing", "cannot be imported"),
        (f"{HERE}.NOT_A_CLASS", "is not callable"),
        (5, "is not callable"),
        (of_one, "does not take (user, orgs)"),
        (all_of, ""),
        (f"{HERE}.all_of", ""),
        (lambda user, orgs, *more: orgs, ""),
    ],
)
def test_a_callable_of_tenants_that_cannot_work_is_told(given, says):
    assert found(VISIBLE_ORGS=given) == ({"E310"} if says else set())
    with override_settings(SFCONNECTOR=settings_with(VISIBLE_ORGS=given)):
        assert [says in one.msg for one in host_checks.check_host()] == [True] * bool(
            says
        )


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("crm.nowhere.Store", "cannot be imported"),
        (Whole, "is no dotted path"),
        (f"{HERE}.NOT_A_CLASS", "is not callable"),
        (f"{HERE}.Forgetless", "has no method delete"),
        (f"{HERE}.Narrow", "a method put that does not take (self, name, token)"),
        (f"{HERE}.Needy", "does not take ()"),
        (f"{HERE}.all_of", "does not take ()"),
        (f"{HERE}.Whole", ""),
    ],
)
def test_a_token_store_that_cannot_work_is_told(given, says):
    assert found(TOKEN_STORE=given) == ({"E311"} if says else set())
    with override_settings(SFCONNECTOR=settings_with(TOKEN_STORE=given)):
        assert [says in one.msg for one in host_checks.check_host()] == [True] * bool(
            says
        )


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        ({}, {"W213"}),
        ({"transaction_mode": "DEFERRED"}, {"W213"}),
        ({"transaction_mode": "immediate"}, set()),
        ({"transaction_mode": "EXCLUSIVE"}, set()),
    ],
)
def test_sqlite_that_does_not_wait_is_named_with_what_to_set(options, ids, monkeypatch):
    if connection.vendor != "sqlite":
        ids = set()
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
    assert found() & {"W213"} == ids
