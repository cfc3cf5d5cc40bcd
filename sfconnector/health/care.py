"""Looks after connections in the background: in time, org by org, once for all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from sfconnector import clock, orgs, tokens
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Claim, Org

EVERY = timedelta(minutes=1)
_NAME = "care"
_AT_ONCE = 5


@dataclass(frozen=True, slots=True)
class Care:
    """What one round of care did."""

    kept: tuple[tokens.Kept, ...]
    """Orgs whose tokens were refreshed before they died of idleness."""
    decided: tuple[str, ...]
    """Aliases of orgs whose state was unknown and is known now."""


def is_care_due(now: datetime | None = None) -> bool:
    """Tell, once a minute and to one caller only, that a round of care is due."""
    return Claim.objects.take(_NAME, every=EVERY, now=now) is not None


def look_after_connections(now: datetime | None = None) -> Care:
    """Use idle refresh tokens in time, and find out what became of unknown orgs."""
    moment = now or clock.now()
    tokens.notice()
    kept = tokens.keep_alive(moment)
    calm = Q(credential__cooldown_until=None) | Q(credential__cooldown_until__lt=moment)
    unknown = Org.objects.present().filter(calm, status=Org.Status.UNKNOWN)
    decided = [org.alias for org in unknown[:_AT_ONCE] if _is_decided(org)]
    return Care(tuple(kept), tuple(decided))


def _is_decided(org: Org) -> bool:
    """Use the token that is left: its answer tells whether the org is connected."""
    try:
        with orgs.client_for(org, purpose="health", patient=False) as client:
            client.limits()
    except SFConnectorError:
        org.refresh_from_db()
        return org.status != Org.Status.UNKNOWN
    org.reopen(Org.Status.UNKNOWN)
    return True
