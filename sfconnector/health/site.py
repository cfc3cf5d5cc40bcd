"""What concerns the site as a whole: keys, worker, tick, callback, the way out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.utils import timezone

from sfconnector import conf, crypto, keys, orgs
from sfconnector.exceptions import SFConnectorError
from sfconnector.health.beats import TICK, WORKER, last_beat, silent_after
from sfconnector.health.findings import Finding, green, red, yellow
from sfconnector.models import KeyCanary

_START = {
    WORKER: "Start one: “celery -A project worker”, or the embedded worker.",
    TICK: "Start one: “celery -A project beat”, or the embedded worker.",
}
_NAMES = {WORKER: "worker", TICK: "scheduler"}


def examine_site() -> list[Finding]:
    """Examine everything that no single org is responsible for."""
    return [*_keys(), *_beats(), _callback(), _egress()]


def _keys() -> Iterator[Finding]:
    try:
        status = keys.status()
    except SFConnectorError as error:
        title = "No usable encryption key"
        yield red("keys", title, text=str(error), remedy=error.remedy)
        return
    canaries = KeyCanary.objects.filter(kid__in=status.configured)
    wrong = [canary.kid for canary in canaries if not canary.sings]
    if wrong:
        yield red(
            "keys",
            f"The encryption key {', '.join(wrong)} is not the one used before",
            remedy="Put the earlier key back, or give the new one another name.",
        )
    if status.unknown:
        names = ", ".join(kid or "(none)" for kid in status.unknown)
        yield red(
            "keys",
            f"Secrets are sealed with a key that is missing: {names}",
            remedy="Put the key back, or reconnect the orgs concerned.",
        )
    if crypto.uses_development_key():
        remedy = "Run “manage.py sf_keys generate” before others use this site."
        yield yellow("keys", "The encryption key is that of development", remedy=remedy)
    elif not wrong and not status.unknown:
        yield green("keys", f"Encryption key {status.primary}")


def _beats() -> Iterator[Finding]:
    for kind in (WORKER, TICK):
        seen, name = last_beat(kind), _NAMES[kind]
        if seen is None:
            title = f"No {name} was ever seen"
            yield red(kind, title, text="Nothing is fetched.", remedy=_START[kind])
        elif timezone.now() - seen > silent_after(kind):
            minutes = int((timezone.now() - seen).total_seconds() // 60)
            title = f"The {name} has been silent for {minutes} minutes"
            text = f"Last seen {seen:%Y-%m-%d %H:%M} UTC."
            yield red(kind, title, text=text, remedy=_START[kind])
        else:
            yield green(kind, f"The {name} is alive")


def _callback() -> Finding:
    url = orgs.callback_url()
    if not url or not conf.current().public_url:
        return red(
            "callback",
            "The callback URL is unknown",
            remedy="Set SFCONNECTOR_PUBLIC_URL and include the URLs of sfconnector.",
        )
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost"}:
        remedy = "Serve the site by https, and register the https callback URL."
        return yellow("callback", "The callback URL is plain http", remedy=remedy)
    return green("callback", "Callback URL", text=url)


def _egress() -> Finding:
    names = ("HTTPS_PROXY", "https_proxy", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
    found = [
        f"{name}={_bare(os.environ[name])}" for name in names if name in os.environ
    ]
    text = ", ".join(found) or "No proxy and no certificate bundle is configured."
    return green("egress", "The way out to Salesforce", text=text)


def _bare(value: str) -> str:
    """Show a proxy without its password."""
    return value.rpartition("@")[2]
