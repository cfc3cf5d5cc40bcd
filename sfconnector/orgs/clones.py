"""Decides what a copied or restored database may do with the tokens in it."""

from __future__ import annotations

from sfconnector import audit, tokens
from sfconnector.audit import NOBODY, Actor
from sfconnector.exceptions import ConfigurationError
from sfconnector.models import Credential, Org
from sfconnector.texts import gettext_noop as _

DETACHED = "detached"
"""Status code of an org whose tokens a person let go of in this copy."""
_DETACHED_TEXT = _(
    "This copy has no tokens any more; the deployment it was copied from goes on. "
    "Connect the org here to give this copy a connection of its own."
)


def undecided() -> list[Org]:
    """List the orgs whose tokens are of another deployment, or came with a backup."""
    rows = Credential.objects.exclude(fingerprint="").select_related("org")
    strange = [*rows.exclude(fingerprint=tokens.fingerprint()), *tokens.held()]
    found = {row.org_id: row.org for row in strange}
    return sorted(found.values(), key=lambda org: org.alias)


def hold_restored(org: Org, *, by: Actor = NOBODY) -> bool:
    """Say that the tokens of an org came with a backup and may be old ones.

    Before its refresh token is used the org is asked whether it is alive; a dead one is
    never sent. False for an org without one.
    """
    return tokens.hold(org, by=by)


def adopt(org: Org, *, by: Actor = NOBODY) -> Org:
    """Make the tokens of an org this deployment's own: the other one is gone.

    Those that came with a backup are taken for the newest then. A copy may be older
    than that: before its refresh token is used, the org is asked all the same. Raise
    ConfigurationError when there is nothing to adopt.
    """
    row = _undecided(org)
    if not tokens.is_copy(row):
        tokens.release(row)
        org.refresh_from_db()
        audit.append("restore.adopted", by=by, org=org)
        return org
    Credential.objects.filter(pk=row.pk, fingerprint=row.fingerprint).update(
        fingerprint=tokens.fingerprint()
    )
    org.reopen(Org.Status.DETACHED, code=tokens.OTHER_DEPLOYMENT)
    audit.append("clone.adopted", by=by, org=org)
    return org


def detach(org: Org, *, by: Actor = NOBODY) -> Org:
    """Forget the tokens in this copy without revoking them: their owner goes on.

    Raise ConfigurationError when the tokens are this deployment's own.
    """
    _undecided(org)
    tokens.forget(org, status=Org.Status.DETACHED, code=DETACHED, text=_DETACHED_TEXT)
    audit.append("clone.detached", by=by, org=org)
    return org


def _undecided(org: Org) -> Credential:
    row = Credential.objects.filter(org=org).select_related("org").first()
    if row is None or not (tokens.is_copy(row) or tokens.is_held(row)):
        message = _("The tokens of {org} belong to this deployment.").format(org=org)
        raise ConfigurationError(message, remedy=_("There is nothing to decide."))
    org.refresh_from_db()
    return row
