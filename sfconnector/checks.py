"""System checks of the app: one factory per message, each with a hint.

Every id is explained in ``docs/checks.md``; a test compares the two lists.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.db import DatabaseError
from django.urls import NoReverseMatch, reverse

from sfconnector import conf, crypto
from sfconnector.exceptions import SFConnectorError
from sfconnector.secret import Secret

_GENERATE = "Run “manage.py sf_keys generate” and set SFCONNECTOR_ENCRYPTION_KEYS."


def register_all() -> None:
    """Register every check with Django."""
    register(check_keys, Tags.security)
    register(check_settings, Tags.compatibility)
    register(check_urls, Tags.urls)
    register(check_broker, Tags.compatibility)
    register(check_canaries, Tags.database)
    register(check_deployment, Tags.security, deploy=True)


def check_keys(**_options: Any) -> list[CheckMessage]:
    """Say whether secrets can be sealed, and with what."""
    try:
        crypto.ring()
    except SFConnectorError as error:
        given = conf.current()
        bare = not (given.encryption_keys.strip() or given.keyring)
        return [no_key() if bare else bad_keys(str(error))]
    found: list[CheckMessage] = []
    derived = crypto.derived_from(Secret(settings.SECRET_KEY))
    found += [derived_key(kid) for kid in derived]
    if crypto.uses_development_key():
        found.append(development_key())
    return found


def check_settings(**_options: Any) -> list[CheckMessage]:
    """Say which settings of the app are unknown or cannot work."""
    found: list[CheckMessage] = []
    known = {name.upper() for name in conf.FIELDS}
    found += [unknown_setting(name) for name in sorted(set(conf.given()) - known)]
    given = conf.current()
    if given.public_url and not _is_origin(given.public_url):
        found.append(bad_public_url())
    if not given.public_url:
        found.append(no_public_url())
    if given.alert_webhook_url and urlsplit(given.alert_webhook_url).scheme != "https":
        found.append(plain_webhook())
    if given.alert_webhook_url and not given.alert_webhook_secret:
        found.append(unsigned_webhook())
    if os.environ.get("OAUTHLIB_INSECURE_TRANSPORT") and not settings.DEBUG:
        found.append(insecure_transport())
    return found


def check_urls(**_options: Any) -> list[CheckMessage]:
    """Say when Salesforce could not send people back."""
    try:
        reverse("sfconnector:callback")
    except NoReverseMatch:
        return [no_urls()]
    return []


def check_broker(**_options: Any) -> list[CheckMessage]:
    """Say when messages would go nowhere, or a page would hang on the broker."""
    url = str(getattr(settings, "CELERY_BROKER_URL", "") or "")
    eager = getattr(settings, "CELERY_TASK_ALWAYS_EAGER", False)
    if url.startswith("memory:") and not conf.current().embedded_worker and not eager:
        return [memory_broker()]
    options = getattr(settings, "CELERY_BROKER_TRANSPORT_OPTIONS", {}) or {}
    needed = {"max_retries", *({"socket_timeout"} if url.startswith("redis") else ())}
    if url and not url.startswith("memory:") and needed - set(options):
        return [hanging_broker()]
    return []


def check_canaries(
    databases: Sequence[str] | None = None, **_options: Any
) -> list[CheckMessage]:
    """Say which configured keys are not the ones used before (asks the database)."""
    from sfconnector.models import KeyCanary

    if not databases:
        return []
    try:
        ring = crypto.ring()
        canaries = {canary.kid: canary for canary in KeyCanary.objects.all()}
        missing = [kid for kid in _kids_in_use() if kid not in ring.ids()]
    except (SFConnectorError, DatabaseError):
        return []
    known = [canaries[kid] for kid in ring.ids() if kid in canaries]
    wrong = [wrong_key(canary.kid) for canary in known if not canary.sings]
    return [*wrong, *(missing_key(kid) for kid in missing)]


def check_deployment(**_options: Any) -> list[CheckMessage]:
    """Say what belongs to development only."""
    found: list[CheckMessage] = []
    given = conf.current()
    if given.extra_hosts:
        found.append(extra_hosts(", ".join(given.extra_hosts)))
    if given.public_url.startswith("http:"):
        found.append(plain_public_url())
    return found


def _is_origin(url: str) -> bool:
    parts = urlsplit(url)
    return bool(
        parts.scheme in {"http", "https"}
        and parts.netloc
        and parts.path in {"", "/"}
        and not parts.query
    )


def _kids_in_use() -> Iterator[str]:
    from sfconnector import keys

    return iter(keys.status().counts)


def no_key() -> CheckMessage:
    """E101: nothing to seal secrets with."""
    message = "No encryption key is configured, so no org can be connected."
    return Error(message, hint=_GENERATE, id="sfconnector.E101")


def bad_keys(problem: str) -> CheckMessage:
    """E102: the keys cannot be read."""
    return Error(problem, hint=_GENERATE, id="sfconnector.E102")


def derived_key(kid: str) -> CheckMessage:
    """E103: a key that is made of SECRET_KEY falls with it."""
    message = f"The encryption key {kid!r} is Django's SECRET_KEY or made of it."
    return Error(message, hint=_GENERATE, id="sfconnector.E103")


def development_key() -> CheckMessage:
    """W104: the key file of development is in use."""
    message = "Secrets are sealed with the key file of development."
    hint = f"Fine on a developer's machine. For a site: {_GENERATE}"
    return Caution(message, hint=hint, id="sfconnector.W104")


def wrong_key(kid: str) -> CheckMessage:
    """E105: the canary of a configured key does not open."""
    message = f"The encryption key {kid!r} is not the one that was used before."
    hint = "Put the earlier key back, or list the new one under another name, first."
    return Error(message, hint=hint, id="sfconnector.E105")


def missing_key(kid: str) -> CheckMessage:
    """W106: rows are sealed with a key that is not configured."""
    message = f"Secrets are sealed with the encryption key {kid!r}, which is missing."
    hint = "Put the key back; or reconnect the orgs that “sf_keys status” names."
    return Caution(message, hint=hint, id="sfconnector.W106")


def memory_broker() -> CheckMessage:
    """E201: messages of a memory broker never reach another process."""
    message = "The broker is memory:// and no worker runs inside of this process."
    hint = (
        "Set SFCONNECTOR['EMBEDDED_WORKER'] for one process, or CELERY_BROKER_URL to "
        "Redis or RabbitMQ for several."
    )
    return Error(message, hint=hint, id="sfconnector.E201")


def hanging_broker() -> CheckMessage:
    """W202: a broker that is away blocks the page that rings."""
    message = "When the broker is away, pages that ring it hang for many seconds."
    hint = (
        'Set CELERY_BROKER_TRANSPORT_OPTIONS to {"max_retries": 1, "interval_start": '
        '0, "interval_step": 0}, for Redis also "socket_timeout": 2 and '
        '"socket_connect_timeout": 2.'
    )
    return Caution(message, hint=hint, id="sfconnector.W202")


def unknown_setting(name: str) -> CheckMessage:
    """W301: a setting that nobody reads, perhaps misspelt."""
    message = f"SFCONNECTOR has no setting {name!r}."
    hint = "Correct its spelling; docs/reference.md lists the settings."
    return Caution(message, hint=hint, id="sfconnector.W301")


def bad_public_url() -> CheckMessage:
    """E302: the public URL is no origin."""
    message = "SFCONNECTOR['PUBLIC_URL'] is not an origin."
    hint = "Write it like https://sf.example.com, without a path."
    return Error(message, hint=hint, id="sfconnector.E302")


def no_public_url() -> CheckMessage:
    """W303: without a public URL nobody can come back from Salesforce."""
    message = "SFCONNECTOR['PUBLIC_URL'] is not set, so no person can connect an org."
    hint = "Set it to the origin under which people reach this site."
    return Caution(message, hint=hint, id="sfconnector.W303")


def no_urls() -> CheckMessage:
    """E304: the callback has no URL."""
    message = "The URLs of sfconnector are not included, so the callback has none."
    hint = 'Add path("salesforce/", include("sfconnector.urls")) to the URLs.'
    return Error(message, hint=hint, id="sfconnector.E304")


def insecure_transport() -> CheckMessage:
    """E305: oauthlib would accept plain http for every host."""
    message = "OAUTHLIB_INSECURE_TRANSPORT is set in the environment."
    hint = "Remove it: sfconnector never needs it, and it weakens other OAuth code."
    return Error(message, hint=hint, id="sfconnector.E305")


def plain_webhook() -> CheckMessage:
    """E306: alerts would travel in the clear."""
    message = "SFCONNECTOR['ALERT_WEBHOOK_URL'] does not start with https://."
    return Error(message, hint="Give an https address.", id="sfconnector.E306")


def unsigned_webhook() -> CheckMessage:
    """E307: the receiver could not tell our alerts from forged ones."""
    message = "Alerts go to a webhook but SFCONNECTOR['ALERT_WEBHOOK_SECRET'] is empty."
    hint = "Set a random secret on both sides; alerts are signed with it."
    return Error(message, hint=hint, id="sfconnector.E307")


def extra_hosts(names: str) -> CheckMessage:
    """W401 (deploy): hosts that are not Salesforce's may be logged in to."""
    message = f"Orgs may be connected at hosts that are not Salesforce's: {names}."
    hint = "Remove SFCONNECTOR_EXTRA_HOSTS unless this site serves the simulator."
    return Caution(message, hint=hint, id="sfconnector.W401")


def plain_public_url() -> CheckMessage:
    """W402 (deploy): authorization codes would travel in the clear."""
    message = "SFCONNECTOR['PUBLIC_URL'] is plain http."
    hint = "Serve the site by https and register the https callback URL."
    return Caution(message, hint=hint, id="sfconnector.W402")
