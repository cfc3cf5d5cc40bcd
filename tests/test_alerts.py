"""People are told once of what needs them, by mail and signed webhook."""

from __future__ import annotations

import http.server
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core import mail
from django.test import override_settings
from django.utils import timezone

from sfconnector import alerts, tasks
from sfconnector.alerts.channels import webhook
from sfconnector.models import (
    Alert,
    ApiUsage,
    Claim,
    Credential,
    Org,
    SyncPlan,
)
from sfconnector.secret import Secret
from tests.connections import bare_org, settings_with

SECRET = "shared with the receiver"
MAIL = {"ALERT_EMAILS": ["ops@example.com"]}


class Receiver:
    """An https server that keeps what it is sent and answers as it is told."""

    def __init__(self, certificate: Path) -> None:
        self.received: list[tuple[bytes, dict[str, str]]] = []
        self.status = 204
        self.location = ""
        self.delay = 0.0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.received.append((body, dict(self.headers)))
                time.sleep(outer.delay)
                self.send_response(outer.status)
                if outer.location:
                    self.send_header("Location", outer.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: Any) -> None: ...

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.server.server_address[1]}/hook"


def certificate(folder: Path) -> Path:
    """Write a certificate for 127.0.0.1 that signs itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "receiver.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    path = certificate(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(path))
    made = Receiver(path)
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    values = settings_with(ALERT_WEBHOOK_URL=made.url, ALERT_WEBHOOK_SECRET=SECRET)
    with override_settings(SFCONNECTOR=values):
        yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def org(db: None) -> Org:
    org = bare_org(status=Org.Status.CONNECTED)
    row = Credential(org=org, issued_at=timezone.now())
    row.refresh_token_enc = row.sealed_refresh_token(Secret("5Aep861secret"))
    row.save()
    return org


def break_down(org: Org) -> None:
    org.set_status(Org.Status.NEEDS_RECONNECT, code="invalid_grant", text="It ended.")


def test_a_mail_is_sent_once_and_one_when_it_is_over(org: Org) -> None:
    with override_settings(SFCONNECTOR=settings_with(**MAIL)):
        assert alerts.look() == alerts.Looked(0, 0, 0)
        break_down(org)
        for _ in range(3):
            alerts.look()
        assert [one.subject for one in mail.outbox] == [
            "[Salesforce] acme needs to be reconnected"
        ]
        assert "It ended." in mail.outbox[0].body
        assert mail.outbox[0].to == ["ops@example.com"]
        org.set_status(Org.Status.CONNECTED)
        for _ in range(2):
            alerts.look()
    assert [one.subject for one in mail.outbox[1:]] == [
        "[Salesforce] Over: acme needs to be reconnected"
    ]
    assert Alert.objects.get().closed_at is not None


def go_idle(org: Org) -> None:
    Credential.objects.update(issued_at=timezone.now() - timedelta(days=24))


def fail_twice(org: Org) -> None:
    for name in ("Account", "Contact"):
        SyncPlan.objects.create(org=org, sobject=name, failures_in_a_row=3)


def recover(org: Org) -> None:
    org.set_status(Org.Status.CONNECTED)
    Credential.objects.update(refreshed_at=timezone.now())
    SyncPlan.objects.update(failures_in_a_row=0)


@pytest.mark.parametrize(
    ("trouble", "notices"), [(break_down, 1), (go_idle, 1), (fail_twice, 2)]
)
def test_each_trouble_is_told_once_and_so_is_its_end(
    org: Org, trouble: Callable[[Org], None], notices: int
) -> None:
    with override_settings(SFCONNECTOR=settings_with(**MAIL)):
        trouble(org)
        for _ in range(2):
            alerts.look()
        opened = [one.subject for one in mail.outbox]
        assert len(opened) == notices
        recover(org)
        for _ in range(2):
            alerts.look()
    over = [one.subject for one in mail.outbox[notices:]]
    assert over == [one.replace("] ", "] Over: ") for one in opened]


def test_the_end_of_a_trouble_that_nobody_heard_of_is_not_told(org: Org) -> None:
    break_down(org)
    alerts.look()
    recover(org)
    with override_settings(SFCONNECTOR=settings_with(**MAIL)):
        alerts.look()
    assert mail.outbox == []


def test_the_same_trouble_later_is_told_again(org: Org) -> None:
    with override_settings(SFCONNECTOR=settings_with(**MAIL)):
        for _ in range(2):
            break_down(org)
            alerts.look()
            org.set_status(Org.Status.CONNECTED)
            alerts.look()
    assert len(mail.outbox) == 4
    assert Alert.objects.count() == 2


def test_an_idle_token_a_failing_plan_and_a_spent_budget_are_told(org: Org) -> None:
    past = timezone.now() - timedelta(days=24)
    Credential.objects.update(issued_at=past)
    SyncPlan.objects.create(org=org, sobject="Account", failures_in_a_row=3)
    SyncPlan.objects.create(org=org, sobject="Contact", failures_in_a_row=2)
    later = timezone.now() + timedelta(hours=1)
    ApiUsage.objects.create(org=org, used=10, maximum=10, exhausted_until=later)
    assert alerts.look().opened == 3
    kinds = set(Alert.objects.values_list("kind", flat=True))
    assert kinds == {alerts.IDLE, alerts.FAILING, alerts.BUDGET}


def test_a_webhook_is_signed(org: Org, receiver: Receiver) -> None:
    break_down(org)
    alerts.look()
    alerts.look()
    (body, headers) = receiver.received[0]
    assert len(receiver.received) == 1
    assert headers[alerts.SIGNATURE] == alerts.signature_of(body, Secret(SECRET))
    assert alerts.signature_of(body, Secret("another")) != headers[alerts.SIGNATURE]
    told = json.loads(body)
    assert (told["event"], told["kind"], told["org"]) == (
        "opened", "needs_reconnect", "acme",
    )  # fmt: skip
    assert SECRET not in body.decode()


def test_a_webhook_that_refuses_is_tried_again(org: Org, receiver: Receiver) -> None:
    break_down(org)
    receiver.status = 503
    alerts.look()
    receiver.status = 204
    alerts.look()
    alerts.look()
    assert len(receiver.received) == 2
    assert Alert.objects.get().delivered == {"webhook": ["opened"]}


def test_a_redirect_of_the_webhook_is_not_followed(
    org: Org, receiver: Receiver
) -> None:
    receiver.status = 307
    receiver.location = receiver.url + "/elsewhere"
    break_down(org)
    alerts.look()
    assert len(receiver.received) == 1
    assert Alert.objects.get().delivered == {}


def test_a_webhook_that_hangs_is_given_up(
    org: Org, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "_TIMEOUT_S", (0.5, 0.2))
    receiver.delay = 3.0
    break_down(org)
    started = time.monotonic()
    alerts.look()
    assert time.monotonic() - started < receiver.delay


def test_nothing_is_sent_in_the_clear(org: Org) -> None:
    values = settings_with(
        ALERT_WEBHOOK_URL="http://127.0.0.1:9/", ALERT_WEBHOOK_SECRET=SECRET
    )
    break_down(org)
    with override_settings(SFCONNECTOR=values):
        assert alerts.look().delivered == 0


def test_a_notice_is_given_up_after_a_day(org: Org, receiver: Receiver) -> None:
    break_down(org)
    receiver.status = 500
    alerts.look()
    Alert.objects.update(opened_at=timezone.now() - timedelta(days=2))
    alerts.look()
    assert len(receiver.received) == 1


def test_a_copy_is_told_and_a_detached_one_is_not(org: Org) -> None:
    org.set_status(Org.Status.DETACHED, code="other_deployment", text="A copy.")
    assert alerts.look().opened == 1
    org.set_status(Org.Status.DETACHED, code="detached", text="Detached.")
    assert alerts.look() == alerts.Looked(0, 1, 0)


def test_the_background_care_tells_people(org: Org) -> None:
    break_down(org)
    tasks.care()
    assert Alert.objects.filter(kind=alerts.NEEDS_RECONNECT, closed_at=None).exists()
    assert not Claim.objects.filter(name="care").exists()
