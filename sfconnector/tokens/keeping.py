"""Keeps connections from dying of idleness, and finds out what became of unknown ones.

Salesforce ends a refresh token that was not used for the time its policy sets, often
30 days; using it in time is all that is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from sfconnector import clock, conf
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Credential, Org
from sfconnector.tokens.guard import (
    OTHER_DEPLOYMENT,
    SECRET_UNREADABLE,
    belongs_here_again,
    fingerprint,
)
from sfconnector.tokens.lease import load
from sfconnector.tokens.renewal import renew, session_of

_AT_ONCE = 5


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of one org that was due."""

    org_id: int
    outcome: str
    """``refreshed``, ``readable`` or the code of the error."""


def keep_alive(now: datetime | None = None, *, at_most: int = _AT_ONCE) -> list[Kept]:
    """Refresh the tokens that come near the idle limit; one dead org stops no other.

    A few per call, so that the tick that calls this goes on.
    """
    moment = now or clock.now()
    due = _idle(moment).values_list("org_id", flat=True)[:at_most]
    shut = Credential.objects.filter(
        org__status=Org.Status.NEEDS_RECONNECT, org__status_code=SECRET_UNREADABLE
    ).values_list("org_id", flat=True)[:at_most]
    _take_home()
    kept = [Kept(org_id, _refreshed(org_id)) for org_id in list(due)]
    return kept + [Kept(org_id, _opened(org_id)) for org_id in list(shut)]


def _take_home() -> None:
    """Let orgs go on that were taken for copies while the setting was another."""
    rows = Credential.objects.filter(
        org__status_code=OTHER_DEPLOYMENT, fingerprint=fingerprint()
    )
    for row in rows.select_related("org"):
        belongs_here_again(row.org)


def _idle(now: datetime) -> models.QuerySet[Credential]:
    horizon = now - timedelta(days=conf.current().keep_alive_days)
    rows = Credential.objects.idle(horizon).filter(
        Q(cooldown_until=None) | Q(cooldown_until__lt=now),
        org__status__in=(Org.Status.CONNECTED, Org.Status.UNKNOWN),
        answer_lost_at=None,
    )
    return rows.order_by("pk")


def _refreshed(org_pk: int) -> str:
    try:
        row = load(org_pk)
        if row is None:
            return "skipped"
        renew(org_pk, stale=row.access_token)
    except SFConnectorError as error:
        return error.code or type(error).__name__
    return "refreshed"


def _opened(org_pk: int) -> str:
    try:
        row = load(org_pk)
        if row is not None:
            session_of(row)
    except SFConnectorError as error:
        return error.code or type(error).__name__
    return "readable"
