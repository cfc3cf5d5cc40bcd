"""What the stored row of an org says about its connection; asks nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.utils import timezone

from sfconnector import conf, orgs, tokens
from sfconnector.exceptions import ConsentRequired, SFConnectorError
from sfconnector.health.findings import Finding, green, red, yellow
from sfconnector.models import Credential, Org, SyncPlan
from sfconnector.models.credentials import IDLE_LIMIT
from sfconnector.secret import Secret
from sfconnector.texts import gettext_noop as _

_RETIRED = 30.0
_RETIRING = 40.0
_RECONNECT = _("Open the org in the admin and press Reconnect.")


def examine_row(org: Org) -> Iterator[Finding]:
    """Examine what is stored of an org."""
    row = Credential.objects.filter(org=org).first()
    if row is not None and tokens.is_copy(row):
        yield _copy(org)  # whatever else there is to say belongs to the other one
        return
    yield _refused(org, row) or _status(org)
    yield from _silent(org)
    if row is None or not row.access_token_enc:
        return
    yield from _secrets(org, row)
    yield from _scopes(org)
    yield from _lost(org, row)
    yield from _restored(org, row)
    yield from _idle(org, row)
    yield from _approvals(org)
    yield from _version(org)
    yield from _limits(org)


def _silent(org: Org) -> Iterator[Finding]:
    """Say that background work leaves the org alone, for it does not answer."""
    if org.silences and org.resting_until is not None:
        yield yellow(
            "silent",
            _("The org does not answer"),
            org=org,
            text=_(
                "{count} attempts in a row brought no answer; "
                "runs wait until {until} UTC."
            ).format(count=org.silences, until=f"{org.resting_until:%H:%M}"),
            remedy=_(
                "Look at the network and at status.salesforce.com; test the connection."
            ),
        )


def examine_plans(org: Org) -> Iterator[Finding]:
    """Say which plans fail or were paused by the app, with what their last run said."""
    plan: Any
    for plan in SyncPlan.objects.filter(org=org).troubled().with_last_error():
        title = (
            _("The plan “{plan}” is paused")
            if plan.paused_at
            else _("The plan “{plan}” fails")
        )
        yield yellow(
            "plan",
            title.format(plan=plan),
            org=org,
            text=plan.paused_reason or plan.last_error or "",
            remedy=plan.last_remedy
            or _("Open the plan in the admin; its runs say why."),
        )


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
        text = (
            _("as {user}").format(user=org.connected_username)
            if org.connected_username
            else ""
        )
        return green("connection", _("Connected"), org=org, text=text)
    make = yellow if org.status in {Org.Status.NEW, Org.Status.UNKNOWN} else red
    if org.status == Org.Status.DISCONNECTED:
        make = yellow
    remedies = {
        Org.Status.NEW: _("Open the org in the admin and press Connect."),
        Org.Status.UNKNOWN: _("Press Test connection; its answer decides."),
        Org.Status.DETACHED: _("Adopt the connection here, or detach this copy."),
    }
    return make(
        "connection",
        str(org.get_status_display()),
        org=org,
        text=org.status_text,
        remedy=remedies.get(Org.Status(org.status), _RECONNECT),
    )


def _copy(org: Org) -> Finding:
    return red(
        "copy",
        _("These tokens belong to another deployment"),
        org=org,
        text=_("This database looks like a copy, so nothing is sent from here."),
        remedy=_("Adopt: this site replaces the other. Detach: the other goes on."),
    )


def _secrets(org: Org, row: Credential) -> Iterator[Finding]:
    try:
        _secrets_of(org, row)
    except SFConnectorError as error:
        title = _("A stored secret does not open")
        yield red("secrets", title, org=org, text=str(error), remedy=error.remedy)
    else:
        yield green("secrets", _("The stored secrets open"), org=org)


def _secrets_of(org: Org, row: Credential) -> list[Secret | None]:
    return [
        row.access_token,
        row.refresh_token,
        org.app.consumer_secret,
        org.app.private_key,
    ]


def _scopes(org: Org) -> Iterator[Finding]:
    granted = set(org.scopes_granted.split())
    if not granted:
        return
    needed = set(org.grant_type.scopes)
    if "full" in granted:
        needed.discard("api")
    if "offline_access" in granted:
        needed.discard("refresh_token")
    missing = sorted(needed - granted)
    if missing:
        yield red(
            "scopes",
            _("The scope {names} was not granted").format(names=" and ".join(missing)),
            org=org,
            remedy=_("Select it among the app's OAuth scopes, then reconnect the org."),
        )
    elif {"full", "web"} & granted:
        yield yellow(
            "scopes",
            _("More is granted than is used"),
            org=org,
            text=_("With “full” or “web” a stolen token can do more than use the API."),
            remedy=_("Select api, refresh_token and openid only, then reconnect."),
        )
    else:
        yield green("scopes", _("Scopes"), org=org, text=org.scopes_granted)


def _lost(org: Org, row: Credential) -> Iterator[Finding]:
    if row.answer_lost_at is not None and org.is_connected:
        yield yellow(
            "answer_lost",
            _("The answer to a token refresh got lost"),
            org=org,
            text=_(
                "The session still works; when it ends, a person may have to log in."
            ),
            remedy=_("Reconnect when it suits you; nothing is lost until then."),
        )


def _restored(org: Org, row: Credential) -> Iterator[Finding]:
    if org.grant_type.keeps_refresh_token and tokens.is_held(row):
        yield yellow(
            "restored",
            _("The tokens came here with a backup"),
            org=org,
            text=_(
                "Before the refresh token is used, the org is asked whether it lives."
            ),
            remedy=_(
                "Nothing: the next renewal decides. Reconnecting decides at once."
            ),
        )


def _idle(org: Org, row: Credential) -> Iterator[Finding]:
    if not (org.grant_type.keeps_refresh_token and row.refresh_token_enc):
        return
    left = (row.used_at + IDLE_LIMIT - timezone.now()).days
    late = timedelta(days=conf.current().keep_alive_days + 1)
    if timezone.now() - row.used_at > late:
        yield yellow(
            "idle",
            _("The refresh token was not used for {days} days").format(
                days=IDLE_LIMIT.days - left
            ),
            org=org,
            text=_("A usual policy ends it after {days} days without use.").format(
                days=IDLE_LIMIT.days
            ),
            remedy=_("Press Test connection, and see whether the tick is running."),
        )
    else:
        yield green("idle", _("{left} idle days left").format(left=left), org=org)


def _approvals(org: Org) -> Iterator[Finding]:
    count, most = orgs.siblings(org).count(), orgs.MOST_APPROVALS
    if count >= most - 1:
        yield yellow(
            "approvals",
            _("{count} of {most} connections of this user and app are used").format(
                count=count, most=most
            ),
            org=org,
            text=_("Salesforce ends the oldest one when one more is made."),
            remedy=_(
                "Connect further orgs as another user, or disconnect unused ones."
            ),
        )


def _version(org: Org) -> Iterator[Finding]:
    version = orgs.version_for(org)
    offered = [str(one) for one in org.api_versions]
    if offered and version not in offered:
        newest = max(offered, key=float)
        yield red(
            "version",
            _("The org does not offer API version {version}").format(version=version),
            org=org,
            remedy=_("Leave the org's API version empty, or write {newest}.").format(
                newest=newest
            ),
        )
    elif _RETIRED < float(version) <= _RETIRING:
        yield yellow(
            "version",
            _("API version {version} is being retired").format(version=version),
            org=org,
            text=_("Versions up to 40.0 are unsupported from Summer ’27, gone in ’28."),
            remedy=_("Leave the org's API version empty, or write a newer one."),
        )
    else:
        yield green(
            "version",
            _("API version {version}").format(version=version),
            org=org,
        )


def _limits(org: Org) -> Iterator[Finding]:
    daily = org.limits.get("DailyApiRequests") or {}
    maximum, remaining = daily.get("max", 0), daily.get("remaining", 0)
    if not maximum:
        return
    title = _("{used:,} of {most:,} API calls used in 24 hours").format(
        used=maximum - remaining, most=maximum
    )
    if remaining <= 0:
        remedy = _("Runs wait by themselves until calls become free.")
        yield red("limits", title, org=org, remedy=remedy)
    elif remaining / maximum < 1 - conf.current().daily_share:
        remedy = _("Let fewer plans run, or less often; look who else uses the org.")
        yield yellow("limits", title, org=org, remedy=remedy)
    else:
        yield green("limits", title, org=org)
