"""Tells people by mail and signed webhook what needs them, and when it is over."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from django.core.mail import send_mail
from django.utils import timezone

from sfconnector import conf
from sfconnector.exceptions import ConfigurationError
from sfconnector.models import Alert, ApiUsage, Credential, Org, SyncPlan
from sfconnector.secret import Secret

log = logging.getLogger("sfconnector.alerts")

NEEDS_RECONNECT = "needs_reconnect"
IDLE = "idle"
FAILING = "failing"
BUDGET = "budget"
SIGNATURE = "X-SFConnector-Signature"
IDLE_LIMIT = timedelta(days=30)
IDLE_NOTICE = timedelta(days=7)
FAILURES = 3
"""Failed runs in a row after which people are told of a plan."""
_TIMEOUT_S = (3.0, 10.0)
_TRY_FOR = timedelta(days=1)
_KEPT_FOR = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A condition that people should know of while it lasts."""

    org: Org
    kind: str
    text: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look found."""

    opened: int
    closed: int
    delivered: int


def look(now: datetime | None = None) -> Looked:
    """Open an alert for each new trouble, close those that are over, tell people.

    A notice that cannot be delivered is tried again at the next look, for a day.
    """
    moment = now or timezone.now()
    troubles = list(_troubles(moment))
    opened = sum(_open(trouble) for trouble in troubles)
    closed = _close({(one.org.pk, one.kind, one.subject) for one in troubles}, moment)
    delivered = _deliver(moment)
    Alert.objects.filter(closed_at__lt=moment - _KEPT_FOR).delete()
    return Looked(opened, closed, delivered)


def signature_of(body: bytes, secret: Secret) -> str:
    """Sign a webhook's body: ``sha256=`` and the hex of HMAC-SHA256."""
    digest = hmac.new(secret.reveal().encode(), body, hashlib.sha256)
    return f"sha256={digest.hexdigest()}"


def _troubles(now: datetime) -> Iterator[Trouble]:
    orgs = Org.objects.present()
    for org in orgs.filter(status__in=(Org.Status.NEEDS_RECONNECT, "detached")):
        if org.status_code != "detached":
            yield Trouble(org, NEEDS_RECONNECT, org.status_text)
    yield from _idle(now)
    failing = SyncPlan.objects.filter(
        failures_in_a_row__gte=FAILURES, is_enabled=True, org__in=orgs
    )
    for plan in failing.select_related("org"):
        text = f"{plan} failed {plan.failures_in_a_row} times in a row."
        reason = f" {plan.paused_reason}" if plan.paused_reason else ""
        yield Trouble(plan.org, FAILING, text + reason, subject=str(plan.uuid))
    spent = ApiUsage.objects.filter(exhausted_until__gt=now, org__in=orgs)
    for usage in spent.select_related("org"):
        text = f"The org's daily API calls are used up ({usage}); runs wait."
        yield Trouble(usage.org, BUDGET, text)


def _idle(now: datetime) -> Iterator[Trouble]:
    rows = Credential.objects.filter(
        org__status=Org.Status.CONNECTED,
        org__flow=Org.Flow.WEB_SERVER,
        org__deletion_requested_at=None,
    ).exclude(refresh_token_enc="")
    for row in rows.select_related("org"):
        used = row.refreshed_at or row.issued_at
        if used is not None and used + IDLE_LIMIT - IDLE_NOTICE < now:
            ends = used + IDLE_LIMIT
            text = (
                f"The refresh token was last used on {used:%Y-%m-%d}; a usual policy "
                f"ends it on {ends:%Y-%m-%d}. Test the connection before."
            )
            yield Trouble(row.org, IDLE, text)


def _open(trouble: Trouble) -> bool:
    _alert, made = Alert.objects.get_or_create(
        org=trouble.org,
        kind=trouble.kind,
        subject=trouble.subject,
        closed_at=None,
        defaults={"text": trouble.text},
    )
    return made


def _close(lasting: set[tuple[int, str, str]], now: datetime) -> int:
    closed = 0
    for alert in Alert.objects.filter(closed_at=None):
        if (alert.org_id, alert.kind, alert.subject) not in lasting:
            row = Alert.objects.filter(pk=alert.pk, closed_at=None)
            closed += row.update(closed_at=now)
    return closed


def _deliver(now: datetime) -> int:
    """Tell of what was opened or closed by each way that is configured."""
    delivered = 0
    recent = Alert.objects.filter(opened_at__gt=now - _KEPT_FOR).select_related("org")
    for alert in recent.order_by("pk"):
        for name, tell in _ways().items():
            delivered += _told(alert, name, tell, now)
    return delivered


def _told(
    alert: Alert, name: str, tell: Callable[[Alert, str], None], now: datetime
) -> bool:
    """Tell by one way what it does not know yet; note that it does now."""
    news = _news(alert, alert.delivered.get(name, []), now)
    if not news:
        return False
    try:
        tell(alert, news)
    except (OSError, requests.RequestException, ConfigurationError) as error:
        log.warning("An alert was not delivered by %s: %s", name, type(error).__name__)
        return False
    alert.delivered.setdefault(name, []).append(news)
    Alert.objects.filter(pk=alert.pk).update(delivered=alert.delivered)
    return True


def _news(alert: Alert, told: list[str], now: datetime) -> str:
    """Tell what a way should hear: ``opened``, ``recovered`` or "" for nothing."""
    if alert.closed_at is None and "opened" not in told:
        return "opened" if now - alert.opened_at < _TRY_FOR else ""
    if alert.closed_at is not None and "opened" in told and "recovered" not in told:
        return "recovered" if now - alert.closed_at < _TRY_FOR else ""
    return ""


def _ways() -> dict[str, Callable[[Alert, str], None]]:
    settings = conf.current()
    ways: dict[str, Callable[[Alert, str], None]] = {}
    if settings.alert_emails:
        ways["email"] = _mail
    if settings.alert_webhook_url:
        ways["webhook"] = _post
    return ways


_SUBJECTS = {
    NEEDS_RECONNECT: "needs to be reconnected",
    IDLE: "loses its connection soon",
    FAILING: "has a plan that keeps failing",
    BUDGET: "has no API calls left",
}


def _subject(alert: Alert, news: str) -> str:
    what = _SUBJECTS.get(alert.kind, alert.kind)
    mark = "Over: " if news == "recovered" else ""
    return f"[Salesforce] {mark}{alert.org} {what}".replace("\n", " ")


def _mail(alert: Alert, news: str) -> None:
    text = alert.text if news == "opened" else f"This is over: {alert.text}"
    place = conf.current().public_url
    body = f"{text}\n\nOrg: {alert.org}\nSite: {place}\n"
    send_mail(_subject(alert, news), body, None, list(conf.current().alert_emails))


def _post(alert: Alert, news: str) -> None:
    settings = conf.current()
    if urlsplit(settings.alert_webhook_url).scheme != "https":
        message = "The alert webhook is not https, so nothing was sent."
        raise ConfigurationError(message)
    body = json.dumps(_payload(alert, news)).encode()
    secret = Secret(settings.alert_webhook_secret)
    headers = {
        "Content-Type": "application/json",
        SIGNATURE: signature_of(body, secret),
    }
    answer = requests.post(
        settings.alert_webhook_url,
        data=body,
        headers=headers,
        timeout=_TIMEOUT_S,
        allow_redirects=False,
    )
    if not 200 <= answer.status_code < 300:
        raise requests.HTTPError(f"HTTP {answer.status_code}")


def _payload(alert: Alert, news: str) -> dict[str, Any]:
    return {
        "event": news,
        "kind": alert.kind,
        "subject": _subject(alert, news),
        "text": alert.text,
        "org": alert.org.alias if alert.org else "",
        "opened_at": alert.opened_at.isoformat(),
        "closed_at": alert.closed_at.isoformat() if alert.closed_at else None,
        "id": alert.pk,
        "sent_at": timezone.now().isoformat(),
    }
