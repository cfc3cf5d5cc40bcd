"""Completes a connection: the callback's state is checked, its code exchanged once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from sfconnector import audit, calls, tokens
from sfconnector.audit import Actor
from sfconnector.exceptions import HostRefused, NotConnected, SFConnectorError
from sfconnector.models import OAuthFlow, Org
from sfconnector.models.orgs import LOGIN_URLS
from sfconnector.orgs.connecting.arriving import Callback
from sfconnector.orgs.connecting.authorize import invited_by
from sfconnector.orgs.connecting.invitations import maker_of
from sfconnector.orgs.connecting.settling import Settled, settle
from sfconnector.orgs.rights import may_connect, may_see, told_of_twins
from sfconnector.salesforce import failures
from sfconnector.salesforce.types import TokenAnswer
from sfconnector.secret import Secret
from sfconnector.texts import gettext_noop as _

CONNECTED = "connected"
"""Outcome of a flow that ended well."""
WORKING = "state_working"
"""Code of a callback whose twin is being finished just now: ask again."""
INVITATION_OVER = "invitation_over"
"""Code of a callback whose invitation opens nothing any more."""
_LONGEST_CODE = 4_000
_LONGEST_EXCHANGE = timedelta(seconds=60)
"""A flow that was used up earlier and has no outcome was lost with its process."""
START_AGAIN = _("Start again from the org's page, and finish within ten minutes.")


@dataclass(frozen=True, slots=True)
class Completed:
    """A connection that was made, now or by the same callback a moment before."""

    org: Org
    flow: OAuthFlow
    reconnected: bool
    warnings: tuple[str, ...] = ()


def complete(callback: Callback, *, is_logged_in: bool = True) -> Completed:
    """Finish the flow that a callback belongs to and connect its org.

    Of any number of equal callbacks one exchanges the code; once it has succeeded the
    others come to the same end. A refused callback changes nothing but the flow row
    and the audit trail; one that belongs to no flow leaves no trace at all. Raise
    NotConnected (code ``logged_out``, ``state_missing``, ``state_mismatch``,
    ``state_used``, ``state_expired``, ``state_working``, ``org_changed``,
    ``not_permitted``, ``no_code``) or what Salesforce answered, each with its remedy.
    """
    tokens.refuse_open_transaction()
    try:
        flow = _own_flow(callback, is_logged_in=is_logged_in)
        if flow.consumed_at is not None and not may_tell(callback):
            raise _not_permitted()
        if flow.outcome == CONNECTED:
            return Completed(flow.org, flow, reconnected=False)
        verifier = _used_up(flow)
    except SFConnectorError as refusal:
        if callback.flow is not None and refusal.code != WORKING:
            _note_refusal(callback, refusal)
        raise
    return _walk(callback, flow, verifier)


def _walk(callback: Callback, flow: OAuthFlow, verifier: Secret | None) -> Completed:
    """Exchange the code of a flow that is ours alone, and write down how it ended."""
    try:
        _refuse_misfits(callback, flow)
        if callback.error:
            raise failures.callback_error(callback.error, callback.error_description)
        answer = _exchanged(flow, callback.code, verifier)
        settled = settle(
            flow.org,
            answer,
            replace_identity=flow.replace_identity,
            archive=flow.archive,
        )
    except SFConnectorError as refusal:
        _give_up(flow, _code_of(refusal)[:40], detail=str(refusal))
        _note_refusal(callback, refusal)
        raise
    except Exception as error:
        _give_up(flow, "crashed", detail=type(error).__name__)
        raise
    return _note_success(callback, flow, settled)


def _give_up(flow: OAuthFlow, outcome: str, *, detail: str) -> None:
    flow.close(outcome, detail=detail)
    if flow.invitation is not None and outcome != INVITATION_OVER:
        flow.invitation.put_back()


def _own_flow(callback: Callback, *, is_logged_in: bool) -> OAuthFlow:
    """Return the flow that this person began; a foreign one is as unknown as none."""
    is_invited = callback.own is not None and callback.own.invitation is not None
    if not is_logged_in and not is_invited:
        raise _refused(
            "logged_out",
            _("You are not logged in here any more, so nothing was connected."),
            remedy=_("Log in to the admin in this browser and start again."),
        )
    if not callback.state:
        raise _refused("state_missing", _("Salesforce's answer carries no state."))
    if callback.own is None:
        message = _("This log-in was not started by you in this browser session.")
        raise _refused("state_mismatch", message)
    return callback.own


def _used_up(flow: OAuthFlow) -> Secret | None:
    """Use a flow up and take its verifier; raise NotConnected when it is none of use.

    Whatever comes of it, the row keeps no verifier.
    """
    now = timezone.now()
    if flow.consumed_at is None and flow.expires_at <= now:
        flow.close("state_expired")
        raise _refused("state_expired", _("The log-in took longer than ten minutes."))
    taken, verifier = flow.consume()
    if taken:
        return verifier
    flow.refresh_from_db(fields=["consumed_at", "outcome", "detail"])
    began = flow.consumed_at or now
    if flow.outcome == CONNECTED or (
        not flow.outcome and now - began < _LONGEST_EXCHANGE
    ):
        message = _("This log-in is being finished in another tab.")
        raise _refused(WORKING, message, remedy=_("Wait a moment, then reload."))
    message = _("This log-in was already finished once.")
    raise _refused("state_used", f"{message} {flow.detail}".strip())


def _refuse_misfits(callback: Callback, flow: OAuthFlow) -> None:
    org = flow.org
    if not may_connect(_in_whose_name(callback, flow), org):
        raise _not_permitted()
    now = (org.login_url, org.app.consumer_key, org.deletion_requested_at)
    if now != (flow.login_url, flow.consumer_key, None):
        message = _("The org's log-in address or app was changed meanwhile.")
        raise _refused("org_changed", message)
    if callback.issuer and _is_foreign(callback.issuer, flow):
        message = _("The answer comes from another log-in host than the one asked.")
        raise _refused("issuer_mismatch", message)
    if flow.invitation is not None and not flow.invitation.take():
        message = _("This invitation was used or revoked, or its time is over.")
        raise _refused(INVITATION_OVER, message, remedy=_("Ask for a new link."))


def _in_whose_name(callback: Callback, flow: OAuthFlow) -> Actor:
    return maker_of(flow.invitation) if flow.invitation else callback.by


def may_tell(callback: Callback) -> bool:
    """Tell whether a page may name the org of a callback to whoever brought it.

    He began the log-in; but the org may be hidden from him by now.
    """
    flow = callback.own
    return flow is not None and may_see(_in_whose_name(callback, flow), flow.org)


def _is_foreign(issuer: str, flow: OAuthFlow) -> bool:
    """Compare ``iss`` (RFC 9207); a generic host may hand over to a My Domain."""
    try:
        origin = tokens.hosts().check_login(issuer)
    except HostRefused:
        return True
    return origin != flow.login_url and flow.login_url not in LOGIN_URLS.values()


def _exchanged(flow: OAuthFlow, code: Secret, verifier: Secret | None) -> TokenAnswer:
    if not code or len(code.reveal()) > _LONGEST_CODE or verifier is None:
        raise _refused("no_code", _("Salesforce's answer carries no usable code."))
    recorder = calls.recorder(flow.org, purpose="connect")
    client = tokens.oauth_client(flow.org, login_url=flow.login_url, on_call=recorder)
    return client.exchange_code(code, redirect_uri=flow.redirect_uri, verifier=verifier)


def _refused(code: str, message: str, *, remedy: str = START_AGAIN) -> NotConnected:
    return NotConnected(message, remedy=remedy, code=code)


def _not_permitted() -> NotConnected:
    message = _("You may no longer connect this org.")
    return _refused("not_permitted", message, remedy=_("Ask for the permission."))


def _code_of(refusal: SFConnectorError) -> str:
    return refusal.code or type(refusal).__name__


def _invited_by(callback: Callback) -> dict[str, str]:
    return invited_by(callback.flow) if callback.flow else {}


def _note_refusal(callback: Callback, refusal: SFConnectorError) -> None:
    """Write the line of a refused callback of a real flow, whoever brought it."""
    code = _code_of(refusal)
    audit.append(
        "oauth.connect" if callback.own else f"oauth.{code}",
        by=callback.by,
        org=callback.flow.org if callback.flow else None,
        outcome="refused",
        detail={"code": code, "error": str(refusal), **_invited_by(callback)},
    )


def _note_success(callback: Callback, flow: OAuthFlow, settled: Settled) -> Completed:
    org = settled.org
    org.refresh_from_db()
    flow.close(CONNECTED, org=org)
    detail: dict[str, Any] = {
        "org_id": org.org_id,
        "as": org.connected_username,
        "scopes": org.scopes_granted,
        "warnings": list(settled.warnings),
        **_invited_by(callback),
    }
    audit.append(
        "oauth.reconnect" if settled.reconnected else "oauth.connect",
        by=callback.by,
        org=org,
        detail=detail,
    )
    twin = told_of_twins(org, callback.by)
    warnings = (*settled.warnings, *([twin] if twin else []))
    return Completed(org, flow, settled.reconnected, warnings)
