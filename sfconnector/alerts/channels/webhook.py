"""Tells another program: JSON over https, signed."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlsplit

import requests
from django.utils import timezone

from sfconnector import conf
from sfconnector.alerts.notices import Notice
from sfconnector.exceptions import ConfigurationError
from sfconnector.secret import Secret
from sfconnector.texts import gettext_noop as _

SIGNATURE = "X-SFConnector-Signature"
_TIMEOUT_S = (3.0, 10.0)


def is_on() -> bool:
    """Tell whether an address is set."""
    return bool(conf.current().alert_webhook_url)


def tell(notice: Notice) -> None:
    """Send one signed request; a redirect is not followed."""
    settings = conf.current()
    if urlsplit(settings.alert_webhook_url).scheme != "https":
        message = _("The alert webhook is not https, so nothing was sent.")
        raise ConfigurationError(message)
    body = json.dumps(_payload(notice)).encode()
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


def signature_of(body: bytes, secret: Secret) -> str:
    """Sign a webhook's body: ``sha256=`` and the hex of HMAC-SHA256."""
    digest = hmac.new(secret.reveal().encode(), body, hashlib.sha256)
    return f"sha256={digest.hexdigest()}"


def _payload(notice: Notice) -> dict[str, Any]:
    alert = notice.alert
    return {
        "event": notice.news,
        "kind": alert.kind,
        "subject": notice.subject,
        "text": notice.text,
        "org": alert.org.alias if alert.org else "",
        "opened_at": alert.opened_at.isoformat(),
        "closed_at": alert.closed_at.isoformat() if alert.closed_at else None,
        "id": alert.pk,
        "sent_at": timezone.now().isoformat(),
    }
