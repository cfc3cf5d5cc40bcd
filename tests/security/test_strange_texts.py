"""Texts of people and orgs stop nothing: names in mails, errors in rows (S44)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from sfconnector import alerts, audit, orgs
from sfconnector.exceptions import ConfigurationError, SFConnectorError
from sfconnector.models import AuditEvent, ConnectedApp, Org, SyncPlan
from sfconnector.retention.pruning import look_after
from sfconnector.texts import one_line, printable
from tests.admin.conftest import make_org, person
from tests.connections import browser_of, settings_with

pytestmark = pytest.mark.django_db

LINE_ENDS = ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"]
MAIL = {"ALERT_EMAILS": ["ops@example.com"]}


@pytest.fixture
def app(db: None) -> ConnectedApp:
    return ConnectedApp.objects.create(name="App", consumer_key="3MVG9")


def broken(app: ConnectedApp, alias: str, label: str) -> Org:
    org = make_org(app, alias)
    Org.objects.filter(pk=org.pk).update(label=label)
    org.set_status(Org.Status.NEEDS_RECONNECT, code="x", text="It ended.")
    return org


@pytest.mark.parametrize("end", LINE_ENDS, ids=ascii)
def test_s44_a_line_end_in_a_label_is_neutral_in_a_mail(
    app: ConnectedApp, end: str
) -> None:
    broken(app, "evil", f"Acme{end}Bcc: everybody@example.com")
    broken(app, "other", "Other")
    with override_settings(SFCONNECTOR=settings_with(**MAIL)):
        alerts.look()
    assert len(mail.outbox) == 2
    for one in mail.outbox:
        assert len(str(one.message()["Subject"]).splitlines()) == 1
        assert one.recipients() == ["ops@example.com"]
        assert one.message()["Bcc"] is None


@pytest.mark.parametrize("end", [*LINE_ENDS, "\x00", "\x1b"], ids=ascii)
def test_s44_a_line_end_in_a_name_is_refused_at_the_form(
    app: ConnectedApp, end: str
) -> None:
    name = f"Acme{end}Bcc: x"
    with pytest.raises(ConfigurationError, match="one line"):
        orgs.create("fresh", app=app, label=name)
    for row in (ConnectedApp(name=name, consumer_key="k"), SyncPlan(name=name)):
        with pytest.raises(ValidationError) as caught:
            row.clean_fields(exclude=["org"])
        assert "name" in caught.value.message_dict
    client = browser_of(person("ada", "*"))
    given = {
        "alias": "fresh", "label": name, "app": app.pk, "environment": "sandbox",
        "my_domain": "", "flow": "web_server", "username": "", "api_version": "",
    }  # fmt: skip
    assert client.post(reverse("admin:sfconnector_org_add"), given).status_code == 200
    assert not Org.objects.exists()


def test_s44_an_alert_that_cannot_be_sent_never_stops_the_next(
    app: ConnectedApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(app, "first", "First")
    broken(app, "second", "Second")
    from sfconnector.alerts.channels import email

    real, told = email.send_mail, []

    def refuse_first(subject: str, *rest: Any) -> int:
        told.append(subject)
        if "First" in subject:
            raise ValueError("Header values may not contain linefeed characters")
        return real(subject, *rest)

    monkeypatch.setattr(email, "send_mail", refuse_first)
    with override_settings(SFCONNECTOR=settings_with(**MAIL)):
        assert alerts.look().delivered == 1
        assert [one.subject for one in mail.outbox] == [
            "[Salesforce] Second needs to be reconnected"
        ]
        monkeypatch.setattr(email, "send_mail", real)
        assert alerts.look().delivered == 1


def test_s44_error_texts_lose_control_characters_before_they_are_stored(
    app: ConnectedApp,
) -> None:
    error = SFConnectorError("bad\x00\x1b[31m \ud800 news\r\nnext", code="x\x00y")
    assert str(error).isprintable() is False  # the line end stays
    assert not set(f"{error}{error.code}") & set("\x00\x1b\r\ud800")
    org = make_org(app)
    org.set_status(Org.Status.UNKNOWN, text=str(error))
    audit.append("org.test", org=org, detail={"said": ["a\x00b", {"k\x00": "\x1b"}]})
    told = {"said": ["a\ufffdb", {"k\ufffd": "\ufffd"}]}
    assert AuditEvent.objects.get().detail == told
    assert one_line("a\u2028b\x00c\td") == "a b c d"
    assert printable("a\tb\nc") == "a\tb\nc"


def test_the_audit_trail_is_kept_for_good_unless_a_setting_says_for_how_long(
    app: ConnectedApp,
) -> None:
    now = timezone.now()
    for days in (400, 10):
        line = audit.append("org.test")
        AuditEvent.objects.filter(pk=line.pk).update(at=now - timedelta(days=days))
    assert look_after(now).audit == 0
    with override_settings(SFCONNECTOR=settings_with(AUDIT_KEPT_DAYS=365)):
        assert look_after(now).audit == 1
    assert AuditEvent.objects.get().at > now - timedelta(days=11)
