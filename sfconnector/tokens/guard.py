"""Says whether an org may be called: its status, and the guard against copies.

Tokens carry the fingerprint of the deployment that obtained them. A restored or
copied database finds another one and stays silent, or two sites would use up the
same refresh token and both would lose the connection.
"""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from sfconnector import audit, conf
from sfconnector.exceptions import ConsentRequired, NotConnected
from sfconnector.models import Credential, Org
from sfconnector.texts import gettext_noop as _

OTHER_DEPLOYMENT = "other_deployment"
"""Status code of an org whose tokens belong to another deployment, undecided."""
SECRET_UNREADABLE = "secret_unreadable"  # noqa: S105 - a status code
"""Status code of an org whose tokens do not open; heals when the key is back."""

_COPY = _(
    "These tokens belong to another deployment: this database looks like a copy. "
    "Nothing is sent to Salesforce from here."
)
_COPY_REMEDY = _(
    "Press “Adopt” when this site replaces the other one (or has a new address), or "
    "“Detach” when the other one goes on; then connect this copy on its own."
)


def fingerprint() -> str:
    """Give this deployment's fingerprint: a digest of its name or public origin.

    Never of a host name or a path, which change when a container is replaced.
    """
    settings = conf.current()
    parts = urlsplit(settings.public_url)
    name = settings.deployment or f"{parts.scheme}://{parts.netloc}".lower()
    return hashlib.sha256(f"sfconnector deployment {name}".encode()).hexdigest()[:32]


def is_copy(row: Credential) -> bool:
    """Tell whether the tokens of a row belong to another deployment."""
    return bool(row.fingerprint) and row.fingerprint != fingerprint()


def refuse_unless_callable(row: Credential, *, insist: bool = False) -> None:
    """Raise NotConnected or ConsentRequired unless the org may be called now.

    ``insist`` lets a person's test pass where only the status says no.
    """
    org = row.org
    if is_copy(row):
        _refuse_copy(org)
    belongs_here_again(org)
    if org.status in _CLOSED:
        message = _CLOSED[Org.Status(org.status)].format(org=org)
        remedy = org.status_text or None
        raise NotConnected(message, remedy=remedy, code=org.status)
    if org.status == Org.Status.NEEDS_RECONNECT and not insist and not _may_heal(org):
        raise ConsentRequired(
            _("{org} needs a person to reconnect it: {reason}")
            .format(org=org, reason=org.status_text)
            .rstrip(": "),
            code=org.status_code,
        )


def belongs_here_again(org: Org) -> bool:
    """Take the note of a copy back once the deployment's name is the old one again."""
    if org.status_code != OTHER_DEPLOYMENT:
        return False
    return org.reopen(Org.Status.DETACHED, code=OTHER_DEPLOYMENT)


_CLOSED = {
    Org.Status.NEW: _("{org} was never connected."),
    Org.Status.DISCONNECTED: _("{org} is disconnected."),
    Org.Status.DETACHED: _("{org} is a detached copy."),
}


def _may_heal(org: Org) -> bool:
    return org.status_code == SECRET_UNREADABLE


def _refuse_copy(org: Org) -> None:
    changed = org.set_status(
        Org.Status.DETACHED, code=OTHER_DEPLOYMENT, text=f"{_COPY} {_COPY_REMEDY}"
    )
    if changed:
        audit.append("clone.detected", org=org, outcome="refused")
    raise NotConnected(f"{org}: {_COPY}", remedy=_COPY_REMEDY, code=OTHER_DEPLOYMENT)
