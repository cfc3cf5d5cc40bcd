"""Writes tokens into the row: all columns in one UPDATE, committed before their use."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, models
from django.db.models import F
from django.utils import timezone

from sfconnector import conf, token_store, transactions
from sfconnector.exceptions import NotConnected, SFConnectorError, Transient
from sfconnector.models import Credential, Org
from sfconnector.salesforce.types import TokenAnswer
from sfconnector.texts import gettext_noop as _
from sfconnector.tokens.guard import fingerprint, is_copy
from sfconnector.tokens.lease import FREE, Lease

logger = logging.getLogger(__name__)

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 1.0
_LONGEST_SCOPES = 500
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a first login or a reconnection brought, beside the tokens."""

    answer: TokenAnswer
    org_values: dict[str, Any]
    """Columns of the org that become true together with the tokens."""


def store(org: Org, grant: Grant) -> Credential:
    """Keep a new grant of an org; return the row as it was before.

    A refresh of the old grant that is still under way finds another generation and
    changes nothing. Raise NotConnected when the org is being removed.
    """
    now = timezone.now()
    status = {
        "status": Org.Status.CONNECTED,
        "status_code": "",
        "status_text": "",
        "status_at": now,
        "connected_at": now,
    }

    def write() -> Credential:
        database = transactions.database_mark()
        with transactions.kept():
            row, _created = Credential.objects.get_or_create(org=org)
            values = _token_values(row, grant.answer) | {
                "database": database,
                "refresh_token_enc": row.sealed_refresh_token(
                    grant.answer.refresh_token
                ),
                "refreshed_at": None,
                "rotations": 0,
            }
            before = _locked(org)
            Credential.objects.filter(pk=row.pk).update(**values)
            here = Org.objects.present().filter(pk=org.pk)
            if not here.update(**grant.org_values, **status):
                raise NotConnected(_("This org is being removed."))
        return before

    before = _persistently(write)
    org.refresh_from_db()
    org.tell_status()
    return before


def store_renewed(
    row: Credential, answer: TokenAnswer, *, lease: Lease, mark: datetime | None
) -> bool:
    """Keep renewed tokens; False when the row has moved on without us.

    When another process took the lease over but could do nothing (our mark still
    stands), the late answer is kept all the same: it is the only living grant. All
    that asks the database is repeated with the write, sealing too. Until the tokens are
    on the disk, the mark there says that the answer may be lost.
    """

    def write() -> bool:
        database = transactions.database_mark()
        with transactions.kept(soon=True):
            values = _renewed_values(row, answer) | {"database": database}
            kept = lease.mine.update(**values) or _late(lease, mark).update(**values)
            if kept:
                _reopen(row.org, answer)
        return bool(kept)

    return _persistently(write)


def _renewed_values(row: Credential, answer: TokenAnswer) -> dict[str, Any]:
    values = _token_values(row, answer)
    values["refreshed_at"] = timezone.now()
    if answer.refresh_token is not None and answer.refresh_token != row.refresh_token:
        values["refresh_token_enc"] = row.sealed_refresh_token(answer.refresh_token)
        values["rotations"] = F("rotations") + 1
    return values


def forget(
    org: Org, *, status: str, code: str = "", text: str = ""
) -> Credential | None:
    """Wipe the tokens of an org and set its status; return the row as it was before.

    The generation grows, so that a refresh under way cannot bring them back.
    """
    with transactions.kept(durable=False):
        before = _locked(org) if Credential.objects.filter(org=org).exists() else None
        Credential.objects.filter(org=org).update(
            access_token_enc="",
            refresh_token_enc="",
            fingerprint="",
            answer_lost_at=None,
            cooldown_until=None,
            generation=F("generation") + 1,
            **FREE,
        )
        org.set_status(status, code=code, text=text)
    return before


def discard(row: Credential | None) -> str:
    """Have the host's store forget the tokens that a row held; never raises.

    Not those of another deployment, which still needs them, and none that the row
    holds by now. Return what a person is to do, or "".
    """
    if row is None or not conf.current().token_store or is_copy(row):
        return ""
    now = Credential.objects.filter(uuid=row.uuid).first()
    try:
        former = row.references() - (now.references() if now else set())
    except SFConnectorError as error:
        logger.warning("Former tokens stay in the token store: %s", error)
        return _STAY.format(name=row.uuid)
    left = [one for one in former if not _is_deleted(one)]
    return _STAY.format(name=row.uuid) if left else ""


_STAY = _("The token store still holds former tokens; delete those of {name} there.")


def _is_deleted(reference: str) -> bool:
    try:
        token_store.delete(reference)
    except SFConnectorError as error:
        logger.warning("A former token stays in the token store: %s", error)
        return False
    return True


def _locked(org: Org) -> Credential:
    """Read the row under a lock that lasts for this short transaction only."""
    rows = Credential.objects.select_for_update()
    return rows.get(org_id=org.pk)


def _token_values(row: Credential, answer: TokenAnswer) -> dict[str, Any]:
    values: dict[str, Any] = {
        "access_token_enc": row.sealed_access_token(answer.access_token),
        "instance_url": answer.instance_url,
        "issued_at": answer.issued_at or timezone.now(),
        "fingerprint": fingerprint(),
        "generation": F("generation") + 1,
        "cooldown_until": None,
        "failures": 0,
        "failure_code": "",
        "failure_text": "",
        "answer_lost_at": None,
        "last_used_at": timezone.now(),
        "updated_at": timezone.now(),
    }
    if answer.identity_url:
        values["identity_url"] = answer.identity_url
    if answer.scopes:
        values["scopes"] = " ".join(answer.scopes)[:_LONGEST_SCOPES]
    return values | FREE


def _late(lease: Lease, mark: datetime | None) -> models.QuerySet[Credential]:
    rows = Credential.objects.filter(pk=lease.pk, generation=lease.generation)
    return rows.filter(answer_lost_at=mark) if mark else rows.none()


def _reopen(org: Org, answer: TokenAnswer) -> None:
    values: dict[str, Any] = {"instance_url": answer.instance_url}
    if answer.scopes:
        values["scopes_granted"] = " ".join(answer.scopes)[:_LONGEST_SCOPES]
    Org.objects.filter(pk=org.pk).update(**values)
    org.reopen(Org.Status.NEEDS_RECONNECT, Org.Status.UNKNOWN)


def _persistently(write: Callable[[], T]) -> T:
    """Write, again while database or store are away: these tokens exist nowhere else.

    As long as a refresh is given: until then nobody else may renew them.
    """
    deadline = time.monotonic() + conf.current().refresh_lease_seconds
    pause = _FIRST_PAUSE_S
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError, Transient) as error:
            if isinstance(error, Transient) and error.code != token_store.CODE:
                raise
            if time.monotonic() + pause > deadline:
                raise
            transactions.connection().close_if_unusable_or_obsolete()
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)
