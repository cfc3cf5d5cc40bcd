"""What the stored row of an org says about its connection; asks nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from sfconnector import conf, orgs, tokens
from sfconnector.exceptions import ConsentRequired, SFConnectorError
from sfconnector.health.findings import Finding, green, red, yellow
from sfconnector.models import Credential, Org
from sfconnector.orgs import approvals

IDLE_LIMIT = timedelta(days=30)
"""After which a usual refresh token policy ends a token that was not used."""
_RETIRED = 30.0
_RETIRING = 40.0
_RECONNECT = "Open the org in the admin and press Reconnect."


def examine_row(org: Org) -> Iterator[Finding]:
    """Examine what is stored of an org."""
    row = Credential.objects.filter(org=org).first()
    yield _refused(org, row) or _status(org)
    if row is None or not row.access_token_enc:
        return
    yield from _copy(org, row)
    yield from _secrets(org, row)
    yield from _scopes(org)
    yield from _lost(org, row)
    yield from _idle(org, row)
    yield from _approvals(org)
    yield from _version(org)
    yield from _limits(org)


def _refused(org: Org, row: Credential | None) -> Finding | None:
    """Decode the refusal that ended the connection, as Salesforce worded it."""
    if org.status != Org.Status.NEEDS_RECONNECT or row is None:
        return None
    if not row.failure_code or row.failure_code != org.status_code:
        return None
    error = ConsentRequired(row.failure_text, code=row.failure_code)
    told = orgs.explain(error, org=org)
    return red(
        "connection",
        f"{org.get_status_display()}: {told.title}",
        org=org,
        text=org.status_text,
        remedy=f"{told.remedy} ({told.who})" if told.who else told.remedy,
        link=told.setup_url,
    )


def _status(org: Org) -> Finding:
    if org.is_connected:
        text = f"as {org.connected_username}" if org.connected_username else ""
        return green("connection", "Connected", org=org, text=text)
    make = yellow if org.status in {Org.Status.NEW, Org.Status.UNKNOWN} else red
    if org.status == Org.Status.DISCONNECTED:
        make = yellow
    remedies = {
        Org.Status.NEW: "Open the org in the admin and press Connect.",
        Org.Status.UNKNOWN: "Press Test connection; its answer decides.",
        Org.Status.DETACHED: "Adopt the connection here, or detach this copy.",
    }
    return make(
        "connection",
        str(org.get_status_display()),
        org=org,
        text=org.status_text,
        remedy=remedies.get(Org.Status(org.status), _RECONNECT),
    )


def _copy(org: Org, row: Credential) -> Iterator[Finding]:
    if tokens.is_copy(row):
        yield red(
            "copy",
            "These tokens belong to another deployment",
            org=org,
            text="This database looks like a copy, so nothing is sent from here.",
            remedy="Adopt: this site replaces the other. Detach: the other goes on.",
        )


def _secrets(org: Org, row: Credential) -> Iterator[Finding]:
    try:
        _ = row.access_token, row.refresh_token
        _ = org.app.consumer_secret, org.app.private_key
    except SFConnectorError as error:
        title = "A stored secret does not open"
        yield red("secrets", title, org=org, text=str(error), remedy=error.remedy)
    else:
        yield green("secrets", "The stored secrets open", org=org)


def _scopes(org: Org) -> Iterator[Finding]:
    granted = set(org.scopes_granted.split())
    if not granted:
        return
    needed = {"api"} if org.flow != Org.Flow.WEB_SERVER else {"api", "refresh_token"}
    if "full" in granted:
        needed.discard("api")
    if "offline_access" in granted:
        needed.discard("refresh_token")
    missing = sorted(needed - granted)
    if missing:
        yield red(
            "scopes",
            f"The scope {' and '.join(missing)} was not granted",
            org=org,
            remedy="Select it among the app's OAuth scopes, then reconnect the org.",
        )
    elif {"full", "web"} & granted:
        yield yellow(
            "scopes",
            "More is granted than is used",
            org=org,
            text="With “full” or “web” a stolen token can do more than use the API.",
            remedy="Select api, refresh_token and openid only, then reconnect.",
        )
    else:
        yield green("scopes", "Scopes", org=org, text=org.scopes_granted)


def _lost(org: Org, row: Credential) -> Iterator[Finding]:
    if row.answer_lost_at is not None and org.is_connected:
        yield yellow(
            "answer_lost",
            "The answer to a token refresh got lost",
            org=org,
            text="The session still works; when it ends, a person may have to log in.",
            remedy="Reconnect when it suits you; nothing is lost until then.",
        )


def _idle(org: Org, row: Credential) -> Iterator[Finding]:
    used = row.refreshed_at or row.issued_at
    if org.flow != Org.Flow.WEB_SERVER or used is None or not row.refresh_token_enc:
        return
    left = (used + IDLE_LIMIT - timezone.now()).days
    late = timedelta(days=conf.current().keep_alive_days + 1)
    if timezone.now() - used > late:
        yield yellow(
            "idle",
            f"The refresh token was not used for {IDLE_LIMIT.days - left} days",
            org=org,
            text=f"A usual policy ends it after {IDLE_LIMIT.days} days without use.",
            remedy="Press Test connection, and see whether the tick is running.",
        )
    else:
        yield green("idle", f"{left} idle days left", org=org)


def _approvals(org: Org) -> Iterator[Finding]:
    count = approvals.siblings(org).count()
    if count >= approvals.MOST - 1:
        yield yellow(
            "approvals",
            f"{count} of {approvals.MOST} connections of this user and app are used",
            org=org,
            text="Salesforce ends the oldest one when one more is made.",
            remedy="Connect further orgs as another user, or disconnect unused ones.",
        )


def _version(org: Org) -> Iterator[Finding]:
    version = orgs.version_for(org)
    offered = [str(one) for one in org.api_versions]
    if offered and version not in offered:
        newest = max(offered, key=float)
        yield red(
            "version",
            f"The org does not offer API version {version}",
            org=org,
            remedy=f"Leave the org's API version empty, or write {newest}.",
        )
    elif _RETIRED < float(version) <= _RETIRING:
        yield yellow(
            "version",
            f"API version {version} is being retired",
            org=org,
            text="Versions up to 40.0 are unsupported from Summer ’27, gone in ’28.",
            remedy="Leave the org's API version empty, or write a newer one.",
        )
    else:
        yield green("version", f"API version {version}", org=org)


def _limits(org: Org) -> Iterator[Finding]:
    daily = org.limits.get("DailyApiRequests") or {}
    maximum, remaining = daily.get("max", 0), daily.get("remaining", 0)
    if not maximum:
        return
    title = f"{maximum - remaining:,} of {maximum:,} API calls used in 24 hours"
    if remaining <= 0:
        remedy = "Runs wait by themselves until calls become free."
        yield red("limits", title, org=org, remedy=remedy)
    elif remaining / maximum < 1 - conf.current().daily_share:
        remedy = "Let fewer plans run, or less often; look who else uses the org."
        yield yellow("limits", title, org=org, remedy=remedy)
    else:
        yield green("limits", title, org=org)
