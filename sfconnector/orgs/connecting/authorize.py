"""Begins a connection: a flow row, and the address of Salesforce's log-in page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone, translation

from sfconnector import audit, conf, tokens
from sfconnector.audit import Actor
from sfconnector.exceptions import ConfigurationError
from sfconnector.models import Invitation, OAuthFlow, Org
from sfconnector.orgs import approvals
from sfconnector.orgs.addresses import callback_url
from sfconnector.salesforce.oauth import challenge_of, new_state, new_verifier
from sfconnector.texts import gettext_noop as _

LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Begun:
    """A flow that waits for its callback, and where the browser goes meanwhile."""

    flow: OAuthFlow
    authorize_url: str


def begin(  # noqa: PLR0913 - all keyword-only but the org
    org: Org,
    *,
    by: Actor,
    session_nonce: str,
    admin_site: str = "admin",
    replace_identity: bool = False,
    archive: bool = False,
    invitation: Invitation | None = None,
) -> Begun:
    """Start a log-in at Salesforce for an org and return where to send the browser.

    The flow belongs to this person and this browser session, fits one callback and
    ends after ten minutes. The token endpoint is fixed now: editing the org meanwhile
    cancels the flow. When another org or user comes back, ``replace_identity`` keeps
    the row for it, ``archive`` sets the row with its records aside, and neither
    refuses it. With an ``invitation`` the flow belongs to whoever holds this browser
    session, in the name of the invitation's maker. Raise HostRefused, or
    ConfigurationError when something that the callback will need is missing, or a
    sixth approval would end another org's.
    """
    if not session_nonce:
        message = _("The browser session carries no random value.")
        raise ConfigurationError(message, remedy=_("Enable sessions and cookies."))
    refuse_misfits(org)
    approvals.refuse_sixth(org, by=by)
    client = tokens.oauth_client(org)
    state, verifier = new_state(), new_verifier()
    flow = OAuthFlow(
        org=org,
        user_id=invitation.created_by_id if invitation else by.user_id,
        invitation=invitation,
        state_hash=hash_of(state.reveal()),
        session_hash=hash_of(session_nonce),
        admin_site=admin_site,
        language=translation.get_language() or "",
        login_url=client.login_origin,
        token_endpoint=client.token_endpoint,
        redirect_uri=callback_url(),
        consumer_key=org.app.consumer_key,
        scopes=org.app.scopes,
        replace_identity=replace_identity,
        archive=archive,
        expires_at=timezone.now() + LIFETIME,
        client_address=by.client_address,
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
    audit.append("oauth.begin", by=by, org=org, detail=invited_by(flow))
    return Begun(flow, url)


def invited_by(flow: OAuthFlow) -> dict[str, str]:
    """Tell in an audit line whose invitation a log-in follows, when it does."""
    if flow.invitation is None:
        return {}
    maker = flow.invitation.created_by.get_username()
    return {"invitation": str(flow.invitation.uuid), "invited_by": maker}


def hash_of(text: str) -> str:
    """Give the digest under which a state or a session value is kept."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _hints(org: Org) -> dict[str, Any]:
    return {"login_hint": org.username} if org.username else {}


def refuse_misfits(org: Org) -> None:
    """Raise ConfigurationError when a person cannot log in for this org now."""
    if not org.grant_type.needs_person:
        message = _("{org} connects without a person, by {flow}.").format(
            org=org, flow=org.get_flow_display()
        )
        raise ConfigurationError(message, remedy=_("Use Connect without logging in."))
    if org.deletion_requested_at is not None:
        message = _("{org} is being deleted.").format(org=org)
        raise ConfigurationError(message, remedy=_("Add it again as a new org."))
    if not callback_url():
        message = _("The site's URLs do not include those of sfconnector.")
        remedy = _('Add path("salesforce/", include("sfconnector.urls")) to the URLs.')
        raise ConfigurationError(message, remedy=remedy)
    if not conf.current().public_url:
        message = _(
            "SFCONNECTOR_PUBLIC_URL is not set, so the callback URL is unknown."
        )
        remedy = _("Set it to the origin of this site, such as https://sf.example.com.")
        raise ConfigurationError(message, remedy=remedy)
