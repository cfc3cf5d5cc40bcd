"""Invitations: a link by which somebody without an account here connects one org."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from sfconnector import audit, conf
from sfconnector.audit import Actor
from sfconnector.exceptions import Forbidden
from sfconnector.models import Invitation, Org
from sfconnector.orgs.connecting.authorize import hash_of, refuse_misfits
from sfconnector.orgs.rights import may_connect
from sfconnector.secret import Secret
from sfconnector.texts import gettext_noop as _

LIFETIME = timedelta(days=3)
_LONGEST_TOKEN = 100


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that was made, and its link, which is shown this once."""

    invitation: Invitation
    url: str = field(repr=False)


def invite(org: Org, *, by: Actor, lifetime: timedelta = LIFETIME) -> Invited:
    """Make a link that connects an org once; whoever holds it needs no account here.

    Only a digest is kept, and what stands behind ``#`` no server is sent, so no access
    log has the secret. The link lives as long as its maker may connect the org.
    Raise Forbidden for whoever may not, ConfigurationError when no person is needed or
    a setting is missing.
    """
    if by.user_id is None or not may_connect(by, org):
        raise Forbidden(
            _("You may not connect this org."), remedy=_("Ask for the right.")
        )
    refuse_misfits(org)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        org=org,
        created_by_id=by.user_id,
        token_hash=hash_of(token),
        expires_at=timezone.now() + lifetime,
    )
    audit.append("invitation.made", by=by, org=org, detail=_told(invitation))
    page = conf.current().public_url.rstrip("/") + reverse("sfconnector:invited")
    return Invited(invitation, f"{page}#{token}")


def find_invitation(token: Secret) -> Invitation | None:
    """Find the invitation of a link that still opens something, else None."""
    if len(token.reveal()) > _LONGEST_TOKEN:
        return None
    rows = Invitation.objects.open().select_related("org", "org__app", "created_by")
    found = rows.filter(token_hash=hash_of(token.reveal())).first()
    return found if found and may_connect(maker_of(found), found.org) else None


def revoke_invitation(invitation: Invitation, *, by: Actor) -> bool:
    """Make a link useless; False when it was used or over already."""
    revoked = invitation.revoke()
    if revoked:
        told = _told(invitation)
        audit.append("invitation.revoked", by=by, org=invitation.org, detail=told)
    return revoked


def maker_of(invitation: Invitation) -> Actor:
    """Return who made an invitation: it can do what its maker may do."""
    return Actor(invitation.created_by)


def _told(invitation: Invitation) -> dict[str, str]:
    return {"invitation": str(invitation.uuid), "until": str(invitation.expires_at)}
