"""Begins a connection: a flow row, and the address of Salesforce's log-in page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from sfconnector import audit, conf
from sfconnector.exceptions import ConfigurationError
from sfconnector.models import OAuthFlow, Org
from sfconnector.orgs import approvals
from sfconnector.orgs.addresses import callback_url
from sfconnector.salesforce.oauth import challenge_of, new_state, new_verifier
from sfconnector.tokens import endpoint

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Begun:
    """A flow that waits for its callback, and where the browser goes meanwhile."""

    flow: OAuthFlow
    authorize_url: str


def begin(  # noqa: PLR0913 - all keyword-only but the org
    org: Org,
    *,
    user: AbstractBaseUser | AnonymousUser,
    session_nonce: str,
    admin_site: str = "admin",
    client_address: str | None = None,
    replace_identity: bool = False,
    archive: bool = False,
) -> Begun:
    """Start a log-in at Salesforce for an org and return where to send the browser.

    The flow belongs to this person and this browser session, fits one callback and
    ends after ten minutes. The token endpoint is fixed now: editing the org meanwhile
    cancels the flow. When another org or user comes back, ``replace_identity`` keeps
    the row for it, ``archive`` sets the row with its records aside, and neither
    refuses it. Raise HostRefused, or ConfigurationError when something that the
    callback will need is missing, or a sixth approval would end another org's.
    """
    _refuse_misfits(org, session_nonce=session_nonce)
    approvals.refuse_sixth(org)
    client = endpoint.oauth_client(org)
    state, verifier = new_state(), new_verifier()
    flow = OAuthFlow(
        org=org,
        user_id=int(user.pk or 0),
        state_hash=hash_of(state.reveal()),
        session_hash=hash_of(session_nonce),
        admin_site=admin_site,
        login_url=client.login_origin,
        token_endpoint=client.token_endpoint,
        redirect_uri=callback_url(),
        consumer_key=org.app.consumer_key,
        scopes=org.app.scopes,
        replace_identity=replace_identity,
        archive=archive,
        expires_at=timezone.now() + LIFETIME,
        client_address=client_address or None,
    )
    flow.set_verifier(verifier)
    url = client.authorize_url(
        redirect_uri=flow.redirect_uri,
        scopes=org.app.scope_list,
        state=state,
        code_challenge=challenge_of(verifier),
        **_hints(org),
    )
    flow.save()
    audit.append("oauth.begin", user=user, org=org, client_address=client_address)
    return Begun(flow, url)


def hash_of(text: str) -> str:
    """Give the digest under which a state or a session value is kept."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _hints(org: Org) -> dict[str, Any]:
    return {"login_hint": org.username} if org.username else {}


def _refuse_misfits(org: Org, *, session_nonce: str) -> None:
    if org.flow != Org.Flow.WEB_SERVER:
        message = f"{org} connects without a person, by {org.get_flow_display()}."
        raise ConfigurationError(message, remedy="Use Connect without logging in.")
    if org.deletion_requested_at is not None:
        message = f"{org} is being deleted."
        raise ConfigurationError(message, remedy="Add it again as a new org.")
    if not callback_url():
        message = "The site's URLs do not include those of sfconnector."
        remedy = 'Add path("salesforce/", include("sfconnector.urls")) to the URLs.'
        raise ConfigurationError(message, remedy=remedy)
    if not conf.current().public_url:
        message = "SFCONNECTOR_PUBLIC_URL is not set, so the callback URL is unknown."
        remedy = "Set it to the origin of this site, such as https://sf.example.com."
        raise ConfigurationError(message, remedy=remedy)
    if not session_nonce:
        message = "The browser session carries no random value."
        raise ConfigurationError(message, remedy="Enable sessions and cookies.")
