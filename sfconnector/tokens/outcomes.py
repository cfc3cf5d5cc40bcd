"""Writes down how a renewal failed: what the row, the org and people get to know."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from sfconnector import audit, clock, conf, signals, transactions
from sfconnector.exceptions import (
    ConsentRequired,
    Corrupt,
    SalesforceError,
    SecretUnreadable,
    SFConnectorError,
    Transient,
)
from sfconnector.models import Credential, KeyCanary, Org
from sfconnector.salesforce import failures
from sfconnector.salesforce.types import TokenAnswer
from sfconnector.texts import gettext_noop as _
from sfconnector.tokens.guard import SECRET_UNREADABLE
from sfconnector.tokens.lease import Lease

log = logging.getLogger("sfconnector.tokens")

ANSWER_LOST = failures.ANSWER_LOST
"""Status code of an org whose last refresh was sent and never answered."""
IDENTITY_CHANGED = "identity_changed"
"""Status code of an org whose tokens suddenly speak for another org."""

_LOST = _(
    "Salesforce's answer to the last token refresh got lost (a broken line or a "
    "crash). It may have replaced the refresh token, and using the old one again "
    "could end the connection for good, so that was not tried."
)
_SANDBOX = _(
    "Was this sandbox refreshed? Then it is another org now: reconnect it, and you "
    "are asked what becomes of the records read so far."
)
_LOST_FOR_NOW = _(
    "Salesforce's answer to the last token refresh got lost. Whether the connection "
    "still works shows at its next use."
)
_LOST_REMEDY = _(
    "Test the connection. The refresh token may be used up, so it is sent again only "
    "where the org is known to keep it; else reconnect the org."
)


def failed(row: Credential, lease: Lease, error: SFConnectorError) -> None:
    """Free the lease, start the cool-down, and let the org's status tell the truth."""
    if isinstance(error, SecretUnreadable):
        lease.give_up()
        if ours := of_an_old_process(error):
            raise ours from None
        unreadable(row, error)
        return
    lost = _is_lost(row, error)
    status = Org.Status.UNKNOWN if lost else _status_after(error)
    values: dict[str, Any] = {
        "failures": F("failures") + 1,
        "failure_code": (error.code or type(error).__name__)[:80],
        "failure_text": str(error),
        "cooldown_until": _cooldown(error),
    }
    if not lost and error.code != ANSWER_LOST:
        values["answer_lost_at"] = None
    text = _LOST_FOR_NOW if lost else _in_words(error, row.org)
    if lost:
        error.remedy = _LOST_REMEDY  # a plain call would be tried again by itself
    changed = False
    with transactions.atomic():
        if lease.give_up(**values) and status is not None:
            changed = row.org.set_status(status, code=values["failure_code"], text=text)
    if changed:
        _tell(row.org, status=status, text=text, code=values["failure_code"])


def of_an_old_process(error: SFConnectorError) -> Transient | None:
    """Give what to raise when a secret was sealed with a key newer than this process.

    That is no fault of the org, and other processes open it: nothing is written down.
    """
    kid = error.kid if isinstance(error, SecretUnreadable) else ""
    if not kid or not KeyCanary.came_later(kid):
        return None
    message = _("This process does not know the encryption key {kid!r} yet.").format(
        kid=kid
    )
    remedy = _("Start this process anew: its settings are older than the key.")
    log.error("%s %s", message, remedy)
    return Transient(message, remedy=remedy, code="process_too_old")


def unreadable(row: Credential, error: SecretUnreadable) -> None:
    """Note that the tokens do not open; nothing is overwritten, the key may return."""
    text = f"{error} {error.remedy}"
    if row.org.set_status(
        Org.Status.NEEDS_RECONNECT, code=SECRET_UNREADABLE, text=text
    ):
        _tell(row.org, status=row.org.status, text=text, code=SECRET_UNREADABLE)


def readable_again(row: Credential) -> None:
    """Take the note back once the tokens open."""
    if row.org.status_code == SECRET_UNREADABLE:
        row.org.reopen(Org.Status.NEEDS_RECONNECT, code=SECRET_UNREADABLE)


def refuse_or_note_repeat(row: Credential, ask: Callable[[], bool]) -> None:
    """Raise ConsentRequired unless the refresh token may be sent a second time.

    It may when the org is known to keep refresh tokens (the last refresh changed
    nothing) and says that this one is alive: somebody may have switched rotation on
    just before the answer was lost, and asking uses nothing up. That it happens is
    written down.
    """
    if row.refreshed_at is None or row.rotations or not is_alive(ask):
        raise ConsentRequired(_LOST, code=ANSWER_LOST)
    audit.append(
        "oauth.refresh_repeated",
        org=row.org,
        detail={"answer_lost_at": str(row.answer_lost_at)},
    )


def is_alive(ask: Callable[[], bool], *, code: str = ANSWER_LOST) -> bool:
    """Ask the org whether a token is alive; what it refuses to tell is a no.

    Raise Transient with ``code`` when it cannot answer now: under ``answer_lost`` the
    row goes on to say that it is unknown.
    """
    try:
        return ask()
    except SFConnectorError as error:
        if error.retry:
            raise Transient(str(error), code=code) from error
        return False


def is_another_org(row: Credential, answer: TokenAnswer) -> bool:
    """Tell whether renewed tokens speak for another org than the row's."""
    return bool(answer.org_id and row.org.org_id and answer.org_id != row.org.org_id)


def is_another_grant(row: Credential | None) -> bool:
    """Tell whether the org was disconnected or reconnected meanwhile."""
    return row is None or not row.refresh_token_enc or row.refreshed_at is None


def another_org(row: Credential, lease: Lease) -> ConsentRequired:
    """Note that the renewed tokens are another org's, and give the error for it."""
    message = _("Salesforce renewed the connection for another org; nothing was kept.")
    error = ConsentRequired(message, code=IDENTITY_CHANGED)
    failed(row, lease, error)
    return error


def _is_lost(row: Credential, error: SFConnectorError) -> bool:
    """Tell whether a refresh may have been carried out unseen (minting is harmless)."""
    if not row.org.grant_type.keeps_refresh_token:
        return False
    if isinstance(error, ConsentRequired) or error.code == failures.WEB_PAGE:
        return False
    return error.code == ANSWER_LOST or isinstance(error, Corrupt)


def _status_after(error: SFConnectorError) -> str | None:
    return None if error.retry else Org.Status.NEEDS_RECONNECT


def _cooldown(error: SFConnectorError) -> datetime:
    pause = timedelta(seconds=conf.current().refresh_cooldown_seconds)
    earliest = clock.now() + pause
    asked = error.retry_at if isinstance(error, SalesforceError) else None
    return max(earliest, clock.by_database(asked)) if asked else earliest


def _in_words(error: SFConnectorError, org: Org) -> str:
    told = failures.explain(error)
    text = f"{told.title}. {told.cause} {told.remedy}"
    if org.is_sandbox and isinstance(error, ConsentRequired):
        text += f" {_SANDBOX}"
    return text


def _tell(org: Org, *, status: str | None, text: str, code: str) -> None:
    audit.append(
        "oauth.refresh_failed",
        org=org,
        outcome="failed",
        detail={"status": str(status), "code": code},
    )
    if status == Org.Status.NEEDS_RECONNECT:
        signals.org_needs_reconnect.send_robust(Org, org=org, reason=text)
