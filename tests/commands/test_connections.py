from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.management import CommandError, call_command
from django.test import override_settings

from salesforce_simulator import SalesforceOrg
from sfconnector.models import AuditEvent, ConnectedApp, Org
from tests.connections import connect, org_of, reachable, settings_with

SECRET = "SF_CONSUMER_SECRET"


def run(*arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def simulated(db: None, salesforce_org: SalesforceOrg) -> Iterator[SalesforceOrg]:
    with reachable(salesforce_org):
        yield salesforce_org


def arguments_for(simulated: SalesforceOrg, *more: str) -> list[str]:
    return [
        "sf_connect", "acme",
        "--login-url", simulated.base_url,
        "--consumer-key", simulated.consumer_key,
        *more,
    ]  # fmt: skip


def test_client_credentials_connect_from_the_command_line(
    simulated: SalesforceOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET, simulated.consumer_secret)
    words = arguments_for(
        simulated, "--flow", "client-credentials", "--consumer-secret-env", SECRET
    )
    told = json.loads(run(*words, "--json"))
    assert told["org_id"] == simulated.org_id
    assert told["status"] == "connected"
    assert Org.objects.get(alias="acme").is_connected
    assert json.loads(run(*words, "--json"))["status"] == "connected"
    assert ConnectedApp.objects.count() == Org.objects.count() == 1


def test_the_second_row_of_an_org_is_told_of_the_first(
    simulated: SalesforceOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET, simulated.consumer_secret)
    words = arguments_for(
        simulated, "--flow", "client-credentials", "--consumer-secret-env", SECRET
    )
    assert json.loads(run(*words, "--json"))["warning"] == ""
    words[1] = "acme-2"
    assert "is also kept here as “acme”" in run(*words)


def test_a_jwt_connects_from_the_command_line(
    simulated: SalesforceOrg, tmp_path: Path
) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    simulated.app.public_key = public.decode()
    path = tmp_path / "server.key"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    words = arguments_for(
        simulated, "--flow", "jwt", "--private-key-file", str(path),
        "--username", simulated.user.username,
    )  # fmt: skip
    assert "is connected to Acme" in run(*words)


def test_a_failed_connection_leaves_no_rows(
    simulated: SalesforceOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET, "a wrong one")
    words = arguments_for(
        simulated, "--flow", "client-credentials", "--consumer-secret-env", SECRET
    )
    with pytest.raises(CommandError) as caught:
        run(*words)
    assert caught.value.returncode == 1
    assert "Copy consumer key and secret" in str(caught.value)
    assert not Org.objects.exists()
    assert not ConnectedApp.objects.exists()
    assert AuditEvent.objects.get().outcome == "failed"


def test_an_empty_environment_variable_is_wrong_usage(
    simulated: SalesforceOrg,
) -> None:
    words = arguments_for(
        simulated, "--flow", "client-credentials", "--consumer-secret-env", "NOT_SET"
    )
    with pytest.raises(CommandError, match="NOT_SET") as caught:
        run(*words)
    assert caught.value.returncode == 2


def test_orgs_limits_and_findings_are_printed(simulated: SalesforceOrg) -> None:
    connect(org_of(simulated))
    assert "admin@acme.example" in run("sf_orgs")
    line = json.loads(run("sf_orgs", "--json"))[0]
    assert (line["alias"], line["status"]) == ("acme", "connected")
    assert "DailyApiRequests" in run("sf_limits", "acme")
    assert json.loads(run("sf_limits", "acme", "--json"))["DailyApiRequests"]["max"]


def test_copies_are_decided_from_the_command_line(simulated: SalesforceOrg) -> None:
    connect(org_of(simulated))
    elsewhere = settings_with(DEPLOYMENT="a copy")
    with override_settings(SFCONNECTOR=elsewhere):
        assert json.loads(run("sf_orgs", "--adopt", "all", "--json"))
        assert "DailyApiRequests" in run("sf_limits", "acme")
    assert json.loads(run("sf_orgs", "--detach", "acme", "--json"))[0]["status"] == (
        "detached"
    )
    with pytest.raises(CommandError, match="belong to this deployment"):
        run("sf_orgs", "--adopt", "acme")


def test_an_unknown_alias_is_wrong_usage_and_names_the_known_ones(
    simulated: SalesforceOrg,
) -> None:
    org_of(simulated)
    with pytest.raises(CommandError, match="acme") as caught:
        run("sf_limits", "acne")
    assert caught.value.returncode == 2


def test_the_doctor_ends_with_status_1_when_something_is_red(
    simulated: SalesforceOrg,
) -> None:
    org = org_of(simulated)
    org.set_status(Org.Status.NEEDS_RECONNECT, code="x", text="It ended.")
    out = StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("sf_doctor", "acme", "--json", stdout=out)
    assert caught.value.code == 1
    findings = json.loads(out.getvalue())
    assert any(one["level"] == "red" and one["remedy"] for one in findings)


def keyed(*entries: tuple[str, int]) -> str:
    made = (f"{kid}:{base64.b64encode(bytes([n]) * 32).decode()}" for kid, n in entries)
    return ",".join(made)


def test_keys_are_made_counted_rotated_and_verified(simulated: SalesforceOrg) -> None:
    with override_settings(SFCONNECTOR=settings_with(ENCRYPTION_KEYS=keyed(("k1", 1)))):
        org_of(simulated)
        assert "Sealing key: k1." in run("sf_keys", "status")
        assert json.loads(run("sf_keys", "--json", "status"))["primary"] == "k1"
        assert run("sf_keys", "generate", "--kid", "k9").startswith("k9:")
    both = keyed(("k2", 2), ("k1", 1))
    with override_settings(SFCONNECTOR=settings_with(ENCRYPTION_KEYS=both)):
        told = json.loads(run("sf_keys", "rotate", "--dry-run", "--json"))
        assert (told["waiting"], told["resealed"]) == (1, 0)
        assert json.loads(run("sf_keys", "rotate", "--json"))["resealed"] == 1
        assert "Key k1 seals nothing any more: it may be removed." in run(
            "sf_keys", "status"
        )
        assert "Every secret opens." in run("sf_keys", "verify")
    gone = settings_with(ENCRYPTION_KEYS=keyed(("k3", 3)))
    with override_settings(SFCONNECTOR=gone):
        with pytest.raises(SystemExit):
            run("sf_keys", "status")
        with pytest.raises(SystemExit):
            run("sf_keys", "verify")
