from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import CheckMessage, run_checks
from django.test import override_settings

from sfconnector import checks, crypto, keys
from sfconnector.models import ConnectedApp, KeyCanary
from sfconnector.secret import Secret
from tests.connections import settings_with

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
    source = Path(checks.__file__).read_text(encoding="utf-8")
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


def test_the_key_file_of_development_is_told(tmp_path: Path):
    path = tmp_path / "dev.key"
    with override_settings(DEBUG=True):
        assert found(ENCRYPTION_KEYS="", DEV_KEY_FILE=str(path)) == {"W104"}
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db
def test_another_key_under_a_known_name_is_told():
    with override_settings(SFCONNECTOR=settings_with(ENCRYPTION_KEYS=key("k1", 1))):
        KeyCanary.plant()
    assert found(database=True, ENCRYPTION_KEYS=key("k1", 2)) == {"E105"}
    assert found(database=True, ENCRYPTION_KEYS=key("k1", 1)) == set()


@pytest.mark.django_db
def test_secrets_under_a_missing_key_are_told():
    with override_settings(SFCONNECTOR=settings_with(ENCRYPTION_KEYS=key("k1", 1))):
        app = ConnectedApp(name="App", consumer_key="3MVG9")
        app.set_consumer_secret(Secret("a consumer secret"))
        app.save()
        assert keys.status().counts == {"k1": {"ConnectedApp.consumer_secret_enc": 1}}
    assert found(database=True, ENCRYPTION_KEYS=key("k2", 2)) == {"W106"}


def test_a_memory_broker_without_a_worker_inside_is_told():
    with override_settings(CELERY_BROKER_URL="memory://"):
        assert found(EMBEDDED_WORKER=False) == {"E201"}
        assert found(EMBEDDED_WORKER=True) == set()


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
    url: str, options: dict[str, int], expected: set[str]
) -> None:
    with override_settings(
        CELERY_BROKER_URL=url, CELERY_BROKER_TRANSPORT_OPTIONS=options
    ):
        assert found() == expected


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


@override_settings(ROOT_URLCONF="django.contrib.auth.urls")
def test_missing_urls_are_told():
    assert [one.id for one in checks.check_urls()] == ["sfconnector.E304"]


def test_insecure_transport_in_the_environment_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    assert found() == {"E305"}


def test_a_deployment_is_told_what_belongs_to_development():
    assert found(deploy=True) == {"W401", "W402"}
    real = {"EXTRA_HOSTS": [], "PUBLIC_URL": "https://sf.example.com"}
    assert found(deploy=True, **real) == set()


def test_a_generated_key_is_accepted():
    assert found(ENCRYPTION_KEYS=crypto.new_key().reveal()) == set()
