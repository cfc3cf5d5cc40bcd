"""A typed view of ``settings.SFCONNECTOR``, read afresh on each access.

Reading late and never caching means that ``override_settings`` just works. The
keys of the dictionary are the upper-case names of the fields below.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting of the app with its default."""

    encryption_keys: str = dataclasses.field(default="", repr=False)
    """``kid:base64-of-32-bytes`` separated by commas; the first one encrypts."""
    dev_key_file: str = ""
    """Where a random key is kept while ``DEBUG`` is on and no key is set."""
    public_url: str = ""
    """Origin under which people reach this site, for the callback URL."""
    deployment: str = ""
    """Name of this deployment for the clone guard; default: public_url's origin."""
    extra_hosts: tuple[str, ...] = ()
    """Hosts beyond Salesforce's own that may be logged in to (``host:port``)."""
    api_version: str = "66.0"
    """Version asked for unless an org pins another one or offers less."""
    scopes: tuple[str, ...] = ("api", "refresh_token", "openid")
    """OAuth scopes asked for by a new connected app."""
    connect_timeout: float = 5.0
    """Seconds to wait for a connection to Salesforce."""
    read_timeout: float = 60.0
    """Seconds to wait between two packets of an answer."""
    total_timeout: float = 600.0
    """Seconds that one call may take as a whole (Salesforce's own limit)."""
    max_response_bytes: int = 256 * 1024 * 1024
    """Decoded size above which an answer is refused."""
    embedded_worker: bool = False
    """Worker and beat run as threads of this process (``memory://`` broker)."""
    celery_app: str = ""
    """Dotted path of the Celery app to send tasks through; default: the host's own."""
    celery_queue: str = ""
    """Queue that tasks go to; default: what the Celery app says."""
    celery_routing: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """More of what ``apply_async`` takes, such as ``routing_key`` and ``priority``."""
    tasks_backend: str = ""
    """One of Django's ``TASKS`` (from Django 6) to send tasks by instead of Celery."""
    expected_workers: int = 0
    """Workers that shall run; fewer are a finding. 0: one is enough."""
    runs_per_org: int = 3
    """Runs of one org that may be active at the same time."""
    run_lease_seconds: int = 60
    """A run whose worker is silent for so long may be taken over."""
    run_attempts: int = 3
    """Times a run may lose its worker at the same place before it is failed."""
    rounds: bool = False
    """Due plans of an org are looked at together, five in one API call."""
    daily_share: float = 0.8
    """Part of an org's daily API calls that background work may spend."""
    run_share: float = 0.25
    """Part of an org's daily API calls that one run may spend."""
    refresh_lease_seconds: int = 30
    """How long one process may hold the right to refresh a token."""
    refresh_cooldown_seconds: int = 30
    """Pause after a failed refresh before the next attempt."""
    keep_alive_days: int = 20
    """A refresh token unused for so long is refreshed before it dies of idleness."""
    bulk_threshold: int = 20_000
    """Rows from which ``auto`` reads by Bulk API 2.0."""
    bulk_wait_seconds: int = 4 * 3600
    """A Bulk job that runs longer is aborted; its run goes on by REST."""
    alert_emails: tuple[str, ...] = ()
    """Addresses told about connections and plans that need a person."""
    alert_webhook_url: str = ""
    """HTTPS address told the same, as signed JSON."""
    alert_webhook_secret: str = dataclasses.field(default="", repr=False)
    """Shared secret that signs the webhook (HMAC-SHA256)."""
    probe_token: str = dataclasses.field(default="", repr=False)
    """Who sends it as a bearer token is told by ``readyz`` what is missing."""
    calls_kept_days: int = 30
    """Age at which API call lines are pruned."""
    runs_kept_days: int = 90
    """Age at which finished runs are pruned."""
    flows_kept_days: int = 7
    """Age at which used or expired OAuth flows are pruned."""
    audit_kept_days: int = 0
    """Age at which lines of the audit trail are pruned; 0 keeps them for good."""
    explorer_kept_days: int = 90
    """Age at which the explorer forgets calls that nobody kept by name."""
    cached_answers_kept: int = 20
    """Answers kept per endpoint or SOQL plan."""
    tick_seconds: int = 20
    """Interval of the one beat entry that starts due plans."""
    visible_orgs: str | Callable[..., Any] = ""
    """A callable, or its dotted path, that narrows the orgs a user may see."""
    token_store: str = ""
    """Dotted path of a class that keeps tokens elsewhere than in the database."""
    log_format: str = ""
    """``json``: the app's own log lines are JSON on standard error, one a line."""
    keyring: str = ""
    """Dotted path of a key ring class (KMS, Vault) instead of encryption_keys."""


FIELDS = tuple(field.name for field in dataclasses.fields(Settings))


def given() -> Mapping[str, Any]:
    """Return ``settings.SFCONNECTOR`` as the project wrote it ({} when absent)."""
    from django.conf import settings

    value: Mapping[str, Any] = getattr(settings, "SFCONNECTOR", {})
    return value


def current() -> Settings:
    """Return the settings as they are now; unknown keys are left to the checks."""
    known = {key.lower(): value for key, value in given().items()}
    values = {name: known[name] for name in FIELDS if name in known}
    for name in ("extra_hosts", "scopes", "alert_emails"):
        if name in values:
            values[name] = tuple(values[name])
    return Settings(**values)
