"""Writes down how a renewal failed: what the row, the org and people get to know."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from sfconnector import audit, conf, signals
from sfconnector.exceptions import (
    ConsentRequired,
    Corrupt,
    SalesforceError,
    SecretUnreadable,
    SFConnectorError,
)
from sfconnector.models import Credential, Org
from sfconnector.salesforce import failures
from sfconnector.salesforce.types import TokenAnswer
from sfconnector.tokens.guard import SECRET_UNREADABLE
from sfconnector.tokens.lease import Lease, database

ANSWER_LOST = failures.ANSWER_LOST
"""Status code of an org whose last refresh was sent and never answered."""
IDENTITY_CHANGED = "identity_changed"
"""Status code of an org whose tokens suddenly speak for another org."""

_LOST = (
    "Salesforce's answer to the last token refresh got lost (a broken line or a "
    "crash). It may have replaced the refresh token, and using the old one again "
    "could end the connection for good, so that was not tried."
)
_SANDBOX = (
    " Was this sandbox refreshed? Then it is another org now: reconnect it, and you "
    "are asked what becomes of the records read so far."
)
_LOST_FOR_NOW = (
    "Salesforce's answer to the last token refresh got lost. Whether the connection "
    "still works shows at its next use."
)


def failed(row: Credential, lease: Lease, error: SFConnectorError) -> None:
    """Free the lease, start the cool-down, and let the org's status tell the truth."""
    if isinstance(error, SecretUnreadable):
        lease.give_up()
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
    changed = False
    with transaction.atomic(using=database()):
        if lease.give_up(**values) and status is not None:
            changed = row.org.set_status(status, code=values["failure_code"], text=text)
    if changed:
        _tell(row.org, status=status, text=text, code=values["failure_code"])


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
        row.org.set_status(Org.Status.CONNECTED)


def refuse_or_note_repeat(row: Credential) -> None:
    """Raise ConsentRequired unless the refresh token may be sent a second time.

    It may when the org is known to keep refresh tokens (the last refresh changed
    nothing): then it is good for many uses. That it happens is written down.
    """
    if row.refreshed_at is None or row.rotations:
        raise ConsentRequired(_LOST, code=ANSWER_LOST)
    audit.append(
        "oauth.refresh_repeated",
        org=row.org,
        detail={"answer_lost_at": str(row.answer_lost_at)},
    )


def is_another_org(row: Credential, answer: TokenAnswer) -> bool:
    """Tell whether renewed tokens speak for another org than the row's."""
    return bool(answer.org_id and row.org.org_id and answer.org_id != row.org.org_id)


def is_another_grant(row: Credential | None) -> bool:
    """Tell whether the org was disconnected or reconnected meanwhile."""
    return row is None or not row.refresh_token_enc or row.refreshed_at is None


def another_org(row: Credential, lease: Lease) -> ConsentRequired:
    """Note that the renewed tokens are another org's, and give the error for it."""
    message = "Salesforce renewed the connection for another org; nothing was kept."
    error = ConsentRequired(message, code=IDENTITY_CHANGED)
    failed(row, lease, error)
    return error


def _is_lost(row: Credential, error: SFConnectorError) -> bool:
    """Tell whether a refresh may have been carried out unseen (minting is harmless)."""
    if row.org.flow != Org.Flow.WEB_SERVER:
        return False
    if isinstance(error, ConsentRequired) or error.code == failures.WEB_PAGE:
        return False
    return error.code == ANSWER_LOST or isinstance(error, Corrupt)


def _status_after(error: SFConnectorError) -> str | None:
    return None if error.retry else Org.Status.NEEDS_RECONNECT


def _cooldown(error: SFConnectorError) -> datetime:
    pause = timedelta(seconds=conf.current().refresh_cooldown_seconds)
    earliest = timezone.now() + pause
    asked = error.retry_at if isinstance(error, SalesforceError) else None
    return max(earliest, asked) if asked else earliest


def _in_words(error: SFConnectorError, org: Org) -> str:
    told = failures.explain(error)
    text = f"{told.title}. {told.cause} {told.remedy}"
    if org.is_sandbox and isinstance(error, ConsentRequired):
        text += _SANDBOX
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
