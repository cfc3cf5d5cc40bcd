"""Who may send what: the right to explore, to write, and to let a plan read."""

from __future__ import annotations

from sfconnector import permissions
from sfconnector.audit import Actor
from sfconnector.exceptions import Forbidden
from sfconnector.gateway.call import Request
from sfconnector.gateway.parts import is_write
from sfconnector.models import Org
from sfconnector.texts import gettext_noop as _

READS_ONLY = frozenset({"plan", "preview"})
"""What never writes, whoever words it: it is sent again and again by nobody."""
_RIGHTS = {
    "explorer": (permissions.EXPLORE,),
    "plan": (permissions.EXPLORE, permissions.SYNC),
    "preview": (permissions.EXPLORE, permissions.SYNC),
}
"""Permissions of which a person needs one; a worker or a command needs none."""


def may(by: Actor, purpose: str) -> bool:
    """Tell whether somebody may send calls for a purpose at all."""
    wanted = _RIGHTS.get(purpose, ())
    return not wanted or _has_one(by, *wanted)


def check(by: Actor, purpose: str) -> None:
    """Raise Forbidden for a person who may not send calls for a purpose."""
    if not may(by, purpose):
        raise Forbidden(
            _("You may not word calls to Salesforce."),
            remedy=_(
                "Ask for the permission “Can send read-only calls to Salesforce”."
            ),
        )


def check_write(
    org: Org,
    call: Request,
    *,
    by: Actor,
    purpose: str,
    may_write: bool,
    alias: str,
) -> None:
    """Raise Forbidden for a call that writes and may not, or is not confirmed yet."""
    if not is_write(call):
        return
    if purpose in READS_ONLY:
        raise Forbidden(
            _("A plan only reads, and this call may change something."),
            code="plan_writes",
            remedy=_("Send it in the explorer, by a person who may write."),
        )
    if not may_write or not _has_one(by, permissions.EXPLORE_WRITE):
        raise Forbidden(
            _("You may read here, but this {method} writes.").format(
                method=call.method
            ),
            remedy=_("Ask for the permission “Can send writing calls to Salesforce”."),
        )
    if org.is_sandbox is not True and alias != org.alias:
        raise Forbidden(
            _(
                "{org} is not known to be a sandbox: this {method} may change real "
                "data."
            ).format(org=org, method=call.method),
            remedy=_("Type the alias {alias} to confirm.").format(alias=org.alias),
            code="confirm",
        )


def _has_one(by: Actor, *codenames: str) -> bool:
    if by.user is None:
        return True
    # A host's own user need not have permissions at all.
    has_perm = getattr(by.user, "has_perm", None)
    return has_perm is not None and any(
        has_perm(permissions.full(name)) for name in codenames
    )
