"""Decides what a copied database may do: adopt the tokens, or let go of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfconnector import audit, tokens
from sfconnector.exceptions import ConfigurationError
from sfconnector.models import Credential, Org

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    Person = AbstractBaseUser | AnonymousUser | None

DETACHED = "detached"
"""Status code of an org whose tokens a person let go of in this copy."""
_DETACHED_TEXT = (
    "This copy has no tokens any more; the deployment it was copied from goes on. "
    "Connect the org here to give this copy a connection of its own."
)


def undecided() -> list[Org]:
    """List the orgs whose tokens belong to another deployment."""
    rows = Credential.objects.exclude(fingerprint="").select_related("org")
    strange = rows.exclude(fingerprint=tokens.fingerprint())
    return [row.org for row in strange.order_by("org__alias")]


def adopt(org: Org, *, user: Person = None, client_address: str | None = None) -> Org:
    """Make the tokens of an org this deployment's own: the other one is gone.

    Raise ConfigurationError when there is nothing to adopt.
    """
    row = _copied(org)
    Credential.objects.filter(pk=row.pk, fingerprint=row.fingerprint).update(
        fingerprint=tokens.fingerprint()
    )
    if org.status_code == tokens.OTHER_DEPLOYMENT:
        org.set_status(Org.Status.CONNECTED)
    audit.append("clone.adopted", user=user, org=org, client_address=client_address)
    return org


def detach(org: Org, *, user: Person = None, client_address: str | None = None) -> Org:
    """Forget the tokens in this copy without revoking them: their owner goes on.

    Raise ConfigurationError when the tokens are this deployment's own.
    """
    _copied(org)
    tokens.forget(org, status=Org.Status.DETACHED, code=DETACHED, text=_DETACHED_TEXT)
    audit.append("clone.detached", user=user, org=org, client_address=client_address)
    return org


def _copied(org: Org) -> Credential:
    row = Credential.objects.filter(org=org).first()
    if row is None or not tokens.is_copy(row):
        message = f"The tokens of {org} belong to this deployment."
        raise ConfigurationError(message, remedy="There is nothing to decide.")
    org.refresh_from_db()
    return row
