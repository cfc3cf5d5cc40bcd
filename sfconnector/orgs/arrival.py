"""Completes a connection: the callback's state is checked, its code exchanged once."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from sfconnector import audit, calls, permissions
from sfconnector.exceptions import HostRefused, NotConnected, SFConnectorError
from sfconnector.models import OAuthFlow, Org
from sfconnector.models.orgs import LOGIN_URLS
from sfconnector.orgs.departure import hash_of
from sfconnector.orgs.settling import Settled, settle
from sfconnector.salesforce import failures
from sfconnector.salesforce.types import TokenAnswer
from sfconnector.secret import Secret
from sfconnector.tokens import endpoint
from sfconnector.tokens.lease import refuse_open_transaction

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

_LONGEST_STATE = 200
_LONGEST_CODE = 4_000
START_AGAIN = "Start again from the org's page, and finish within ten minutes."


@dataclass(frozen=True, slots=True)
class Completed:
    """A connection that was made."""

    org: Org
    flow: OAuthFlow
    reconnected: bool
    warnings: tuple[str, ...] = ()


def complete(  # noqa: PLR0913 - all keyword-only, as the callback carries them
    state: str,
    *,
    code: str | Secret | None = None,
    error: str | None = None,
    error_description: str | None = None,
    issuer: str | None = None,
    user: AbstractBaseUser | AnonymousUser,
    session_nonce: str,
    client_address: str | None = None,
) -> Completed:
    """Finish the flow that a callback names and connect its org.

    A refused callback changes nothing but the flow row and the audit trail. Raise
    NotConnected (code ``state_missing``, ``state_mismatch``, ``state_used``,
    ``state_expired``, ``org_changed``, ``not_permitted``, ``no_code``) or what
    Salesforce answered, each with its remedy.
    """
    code = code if isinstance(code, Secret) else Secret(code or "")
    refuse_open_transaction()
    flow = None
    try:
        flow = _taken(state, user=user, session_nonce=session_nonce)
        _refuse_misfits(flow, user=user, issuer=issuer)
        if error:
            raise failures.callback_error(error, error_description or "")
        answer = _exchanged(flow, code)
        settled = settle(
            flow.org,
            answer,
            replace_identity=flow.replace_identity,
            archive=flow.archive,
        )
    except SFConnectorError as refusal:
        _note_refusal(flow, refusal, user=user, client_address=client_address)
        raise
    return _note_success(flow, settled, user=user, client_address=client_address)


def flow_of(
    state: str, *, user: AbstractBaseUser | AnonymousUser, session_nonce: str
) -> OAuthFlow | None:
    """Find the flow of a state that this person began in this session, else None."""
    if not state or len(state) > _LONGEST_STATE:
        return None
    rows = OAuthFlow.objects.select_related("org", "org__app")
    flow = rows.filter(state_hash=hash_of(state)).first()
    if flow is None or flow.user_id != user.pk:
        return None
    same = hmac.compare_digest(flow.session_hash, hash_of(session_nonce))
    return flow if same else None


def _taken(
    state: str, *, user: AbstractBaseUser | AnonymousUser, session_nonce: str
) -> OAuthFlow:
    """Use up the flow of a state; a foreign state is as unknown as a forged one."""
    if not state:
        raise _refused("state_missing", "Salesforce's answer carries no state.")
    flow = flow_of(state, user=user, session_nonce=session_nonce)
    if flow is None:
        message = "This log-in was not started by you in this browser session."
        raise _refused("state_mismatch", message)
    if flow.consumed_at is None and flow.expires_at <= timezone.now():
        raise _refused("state_expired", "The log-in took longer than ten minutes.")
    if not flow.consume():
        raise _refused("state_used", "This log-in was already finished once.")
    return flow


def _refuse_misfits(
    flow: OAuthFlow,
    *,
    user: AbstractBaseUser | AnonymousUser,
    issuer: str | None,
) -> None:
    org = flow.org
    if not _may_connect(user, org):
        message = "You may no longer connect this org."
        raise _refused("not_permitted", message, remedy="Ask for the permission.")
    now = (org.login_url, org.app.consumer_key, org.deletion_requested_at)
    if now != (flow.login_url, flow.consumer_key, None):
        message = "The org's log-in address or app was changed meanwhile."
        raise _refused("org_changed", message)
    if issuer and _is_foreign(issuer, flow):
        message = "The answer comes from another log-in host than the one asked."
        raise _refused("issuer_mismatch", message)


def _is_foreign(issuer: str, flow: OAuthFlow) -> bool:
    """Compare ``iss`` (RFC 9207); a generic host may hand over to a My Domain."""
    try:
        origin = endpoint.hosts().check_login(issuer)
    except HostRefused:
        return True
    return origin != flow.login_url and flow.login_url not in LOGIN_URLS.values()


def _may_connect(user: AbstractBaseUser | AnonymousUser, org: Org) -> bool:
    has_perm = getattr(user, "has_perm", None)
    allowed = has_perm is not None and has_perm(permissions.full(permissions.CONNECT))
    return bool(
        user.is_active
        and allowed
        and Org.objects.visible_to(user).filter(pk=org.pk).exists()
    )


def _exchanged(flow: OAuthFlow, code: Secret) -> TokenAnswer:
    verifier = flow.verifier
    if not code or len(code.reveal()) > _LONGEST_CODE or verifier is None:
        raise _refused("no_code", "Salesforce's answer carries no usable code.")
    recorder = calls.recorder(flow.org, purpose="connect")
    client = endpoint.oauth_client(flow.org, login_url=flow.login_url, on_call=recorder)
    return client.exchange_code(code, redirect_uri=flow.redirect_uri, verifier=verifier)


def _refused(code: str, message: str, *, remedy: str = START_AGAIN) -> NotConnected:
    return NotConnected(message, remedy=remedy, code=code)


def _note_refusal(
    flow: OAuthFlow | None,
    refusal: SFConnectorError,
    *,
    user: AbstractBaseUser | AnonymousUser,
    client_address: str | None,
) -> None:
    code = refusal.code or type(refusal).__name__
    if flow is not None:
        flow.close(code[:40], detail=str(refusal))
    early = flow is None and code.startswith("state_")
    audit.append(
        f"oauth.{code}" if early else "oauth.connect",
        user=user,
        org=flow.org if flow else None,
        outcome="refused",
        client_address=client_address,
        detail={"code": code, "error": str(refusal)},
    )


def _note_success(
    flow: OAuthFlow,
    settled: Settled,
    *,
    user: AbstractBaseUser | AnonymousUser,
    client_address: str | None,
) -> Completed:
    org = settled.org
    org.refresh_from_db()
    flow.close("connected")
    detail: dict[str, Any] = {
        "org_id": org.org_id,
        "as": org.connected_username,
        "scopes": org.scopes_granted,
        "warnings": list(settled.warnings),
    }
    audit.append(
        "oauth.reconnect" if settled.reconnected else "oauth.connect",
        user=user,
        org=org,
        client_address=client_address,
        detail=detail,
    )
    return Completed(org, flow, settled.reconnected, settled.warnings)
