"""System checks of the app: one factory per message, each with a hint.

Every id is explained in ``docs/checks.md``; a test compares the two lists.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.db import DatabaseError, router
from django.urls import NoReverseMatch, reverse

from sfconnector import (
    celery_checks,
    conf,
    crypto,
    host_checks,
    task_checks,
    transactions,
    typed_checks,
)
from sfconnector.exceptions import SFConnectorError
from sfconnector.secret import Secret

_GENERATE = "Run “manage.py sf_keys generate” and set SFCONNECTOR_ENCRYPTION_KEYS."


def register_all() -> None:
    """Register every check with Django."""
    register(check_keys, Tags.security)
    register(check_settings, Tags.compatibility)
    register(check_urls, Tags.urls)
    register(celery_checks.check_broker, Tags.compatibility)
    register(task_checks.check_tasks, Tags.compatibility)
    register(host_checks.check_host, Tags.compatibility)
    register(check_router, Tags.compatibility)
    register(check_sqlite, Tags.compatibility)
    register(check_canaries, Tags.database)
    register(check_character_set, Tags.database)
    register(typed_checks.check_views, Tags.database)
    register(check_deployment, Tags.security, deploy=True)
    register(check_deployed_keys, Tags.security, deploy=True)


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
    return found + [derived_key(kid) for kid in derived]


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
    if not settings.USE_TZ:
        found.append(naive_time())
    found += [divided(model) for model in _people_elsewhere()]
    if os.environ.get("OAUTHLIB_INSECURE_TRANSPORT") and not settings.DEBUG:
        found.append(insecure_transport())
    return found


def _people_elsewhere() -> list[str]:
    """Name the models that rows of ours refer to and a router keeps elsewhere."""
    wanted = (settings.AUTH_USER_MODEL, "auth.Group")
    models = {name: apps.get_model(name) for name in wanted}
    ours = transactions.alias()
    return [name for name, one in models.items() if router.db_for_write(one) != ours]


def check_urls(**_options: Any) -> list[CheckMessage]:
    """Say when Salesforce could not send people back."""
    try:
        reverse("sfconnector:callback")
    except NoReverseMatch:
        return [no_urls()]
    return []


def check_router(**_options: Any) -> list[CheckMessage]:
    """Say when the app's rows would lie in several databases."""
    from django.apps import apps

    models = apps.get_app_config("sfconnector").get_models()
    homes = {router.db_for_write(model) for model in models}
    return [split_home(sorted(homes))] if len(homes) > 1 else []


def check_canaries(
    databases: Sequence[str] | None = None, **_options: Any
) -> list[CheckMessage]:
    """Say which configured keys are not the ones used before (asks the database)."""
    from sfconnector import keys

    if not databases:
        return []
    try:
        wrong, unknown = keys.wrong(), keys.status().unknown
    except (SFConnectorError, DatabaseError):
        return []
    return [*map(wrong_key, wrong), *map(missing_key, unknown)]


def check_character_set(
    databases: Sequence[str] | None = None, **_options: Any
) -> list[CheckMessage]:
    """Say when MariaDB or MySQL could not keep what an org sends (asks it)."""
    connection = transactions.connection()
    if not databases or connection.vendor != "mysql":
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT @@character_set_database")
            name = str(cursor.fetchone()[0])
    except DatabaseError:
        return []
    return [] if name == "utf8mb4" else [small_character_set(name)]


def check_sqlite(**_options: Any) -> list[CheckMessage]:
    """Say when writers on SQLite would fail where they could wait for each other."""
    connection = transactions.connection()
    if connection.vendor != "sqlite":
        return []
    mode = str(connection.settings_dict["OPTIONS"].get("transaction_mode") or "")
    waits = mode.upper() in ("IMMEDIATE", "EXCLUSIVE")
    return [] if waits else [impatient_sqlite(transactions.alias())]


def check_deployed_keys(**_options: Any) -> list[CheckMessage]:
    """Say which keys of the connections are wrong or lost (asks the database).

    Django asks databases only when ``--database`` names one; whoever releases with the
    wrong key should not have to think of it. Who names one hears of it twice: a check
    is not told how it was asked for (Django 6.1 gives it all databases anyhow).
    """
    from sfconnector import keys

    try:
        wrong, lost = keys.wrong(), keys.lost()
    except (SFConnectorError, DatabaseError):
        return []
    return [*map(wrong_key, wrong), *map(lost_key, lost)]


def check_deployment(**_options: Any) -> list[CheckMessage]:
    """Say what belongs to development only."""
    found: list[CheckMessage] = []
    given = conf.current()
    if _seals_with_development_key():
        found.append(development_key())
    if given.extra_hosts:
        found.append(extra_hosts(", ".join(given.extra_hosts)))
    if given.public_url.startswith("http:"):
        found.append(plain_public_url())
    return found


def _seals_with_development_key() -> bool:
    try:
        return crypto.uses_development_key()
    except SFConnectorError:
        return False  # said by check_keys


def _is_origin(url: str) -> bool:
    parts = urlsplit(url)
    return bool(
        parts.scheme in {"http", "https"}
        and parts.netloc
        and parts.path in {"", "/"}
        and not parts.query
    )


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


def lost_key(kid: str) -> CheckMessage:
    """E107: connections are sealed with a key that is not configured."""
    message = f"Connections are sealed with the encryption key {kid!r}: it is missing."
    hint = (
        "Put the key back. When it is lost for good, reconnect the orgs that “sf_keys "
        "status” names, and release afterwards."
    )
    return Error(message, hint=hint, id="sfconnector.E107")


def split_home(homes: Sequence[str]) -> CheckMessage:
    """E203: no transaction holds a batch and its checkpoint together."""
    message = f"The app's rows are written to several databases: {', '.join(homes)}."
    hint = (
        "Let DATABASE_ROUTERS name one database for the app's label, sfconnector: a "
        "batch of records and how far its run has come are one transaction."
    )
    return Error(message, hint=hint, id="sfconnector.E203")


def small_character_set(name: str) -> CheckMessage:
    """E210: texts of other scripts would be refused or spoilt."""
    message = f"The database's character set is {name}; orgs send any character."
    hint = "ALTER DATABASE … CHARACTER SET utf8mb4, before the tables are made."
    return Error(message, hint=hint, id="sfconnector.E210")


def impatient_sqlite(alias: str) -> CheckMessage:
    """W213: who has read and then writes fails at once when another wrote meanwhile."""
    message = (
        "Transactions on SQLite begin without the lock for writing: where a worker and "
        "a page write at the same moment, one fails with “database is locked”."
    )
    hint = (
        f"Set DATABASES[{alias!r}]['OPTIONS']['transaction_mode'] = 'IMMEDIATE', and "
        "'init_command': 'PRAGMA journal_mode=WAL;', so that readers wait for nobody."
    )
    return Caution(message, hint=hint, id="sfconnector.W213")


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


def naive_time() -> CheckMessage:
    """E308: Salesforce's moments have a time zone, and a host without one drops it."""
    message = "USE_TZ is off, so no moment that Salesforce tells could be kept."
    hint = "Set USE_TZ = True; TIME_ZONE still chooses the zone that pages show."
    return Error(message, hint=hint, id="sfconnector.E308")


def divided(model: str) -> CheckMessage:
    """E309: a foreign key cannot lead into another database."""
    message = f"A router keeps {model} in another database than sfconnector."
    hint = "Route it to the database of sfconnector, whose rows refer to it."
    return Error(message, hint=hint, id="sfconnector.E309")


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
