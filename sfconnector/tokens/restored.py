"""Keeps a restored backup from sending refresh tokens that were replaced since.

Each row of tokens carries the mark of the database in which it was written. A row that
finds itself in another database came there with a backup, and its refresh token may be
an old one, whose use would end the whole grant. So the org is asked first whether that
token is alive, which uses nothing up; where it does not say yes, a person decides.
"""

from __future__ import annotations

from collections.abc import Callable

from sfconnector import audit, transactions
from sfconnector.audit import NOBODY, Actor
from sfconnector.exceptions import ConsentRequired
from sfconnector.models import Credential, Org
from sfconnector.texts import gettext_noop as _
from sfconnector.tokens import outcomes

RESTORED = "restored"
"""Mark of rows that somebody called restored, and status code of orgs held for it."""

_HELD = _(
    "The database was restored from a backup, so the stored refresh token may be an "
    "old one. Before it is used the org is asked whether it is still good."
)
_REFUSED = _(
    "The database was restored from a backup, and the org does not confirm the stored "
    "refresh token: it was probably replaced since. It was not sent, because using an "
    "old one could end the connection for good."
)
_REFUSED_REMEDY = _(
    "Reconnect the org. Press “Adopt” only when you know that its tokens were not "
    "renewed since the backup."
)


def is_held(row: Credential) -> bool:
    """Tell whether the tokens of a row came here with a backup, undecided."""
    return _is_held(row, transactions.database_mark())


def held() -> list[Credential]:
    """List the rows whose refresh token came here with a backup, undecided."""
    here = transactions.database_mark()
    rows = Credential.objects.renewable().exclude(database__in=["", here])
    found = rows.select_related("org").order_by("org__alias")
    return [row for row in found if _is_held(row, here)]


def _is_held(row: Credential, here: str) -> bool:
    if row.database == RESTORED:
        return True
    return bool(row.database and here) and row.database != here


def hold(org: Org, *, by: Actor = NOBODY, noticed: bool = False) -> bool:
    """Take the refresh token of an org for an old one until the org says otherwise.

    False, with nothing changed, when it has none. The session goes on while it lives.
    What was ``noticed`` disturbs nobody before the next renewal: a standby that took
    over has rarely lost anything.
    """
    rows = Credential.objects.renewable().filter(org=org)
    if not rows.update(database=RESTORED):
        return False
    if org.is_connected and not noticed:
        org.set_status(Org.Status.UNKNOWN, code=RESTORED, text=_HELD)
    action = "restore.noticed" if noticed else "restore.declared"
    audit.append(action, by=by, org=org)
    return True


def notice() -> None:
    """Hold the orgs whose tokens the database itself says to be of a backup."""
    for row in held():
        if row.database != RESTORED:
            hold(row.org, noticed=True)


def release(row: Credential) -> None:
    """Take the tokens of a row for the newest: a person said so."""
    rows = Credential.objects.filter(pk=row.pk, generation=row.generation)
    rows.update(database=transactions.database_mark())
    row.org.reopen(Org.Status.NEEDS_RECONNECT, Org.Status.UNKNOWN, code=RESTORED)


def refuse_unless_alive(row: Credential, ask: Callable[[], bool]) -> None:
    """Raise ConsentRequired unless the org says that the refresh token is alive."""
    if not outcomes.is_alive(ask, code=RESTORED):
        raise ConsentRequired(_REFUSED, remedy=_REFUSED_REMEDY, code=RESTORED)
    audit.append("restore.confirmed", org=row.org)
