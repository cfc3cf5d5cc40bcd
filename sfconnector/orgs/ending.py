"""Ends a connection: forget the tokens here, revoke them at Salesforce."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sfconnector import audit, calls, signals, tokens
from sfconnector.audit import NOBODY, Actor
from sfconnector.exceptions import ConsentRequired, SFConnectorError
from sfconnector.models import Credential, Org
from sfconnector.texts import gettext_noop as _

_SETUP = _("Revoke it in Salesforce: Setup → Connected Apps OAuth Usage.")


@dataclass(frozen=True, slots=True)
class Disconnected:
    """How a connection ended; it is forgotten here in any case."""

    revoked: bool
    warning: str = ""
    """What a person should still do at Salesforce, or ""."""


def disconnect(
    org: Org,
    *,
    by: Actor = NOBODY,
) -> Disconnected:
    """Forget an org's tokens, then revoke them at Salesforce.

    In this order a refresh under way cannot bring them back. A copied database only
    forgets: the tokens belong to another deployment that still needs them.
    """
    before = tokens.forget(org, status=Org.Status.DISCONNECTED)
    ended = revoke(org, before)
    if left := tokens.discard(before):
        ended = replace(ended, warning=f"{ended.warning} {left}".strip())
    audit.append(
        "oauth.disconnect",
        by=by,
        org=org,
        detail={"revoked": ended.revoked, "warning": ended.warning},
    )
    signals.org_disconnected.send_robust(Org, org=org)
    return ended


def revoke(org: Org, row: Credential | None) -> Disconnected:
    """Revoke the grant that a row held, and tell what came of it; never raises."""
    if row is None or not (row.refresh_token_enc or row.access_token_enc):
        return Disconnected(revoked=False)
    if tokens.is_copy(row):
        warning = _(
            "Not revoked: the tokens belong to the deployment this is a copy of."
        )
        return Disconnected(revoked=False, warning=warning)
    try:
        token = row.refresh_token or row.access_token
        recorder = calls.recorder(org, purpose="connect")
        client = tokens.oauth_client(org, on_call=recorder)
        if token is not None:
            client.revoke(token)
    except ConsentRequired:
        return Disconnected(revoked=True)
    except SFConnectorError as error:
        warning = _("Salesforce did not revoke the old connection: {error}").format(
            error=error
        )
        return Disconnected(revoked=False, warning=f"{warning} {_SETUP}")
    return Disconnected(revoked=True)
