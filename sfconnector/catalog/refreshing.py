"""Describes kept fresh in the background, for the objects that plans read."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from sfconnector import clock
from sfconnector.catalog.describing import TRUSTED, refresh
from sfconnector.catalog.objects import count
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org, SObject, SyncPlan

logger = logging.getLogger(__name__)


COUNTS_AGE = timedelta(hours=6)
"""Counts of planned objects that are older are asked for again."""
_COUNTED_AT_ONCE = 50
"""Orgs that are asked in one round of upkeep, one call each."""


def count_planned(now: datetime) -> int:
    """Ask orgs whose counts of planned objects are old for new ones; return how many.

    One API call for an org, by the resource of record counts.
    """
    old = Q(counted_at=None) | Q(counted_at__lt=now - COUNTS_AGE)
    planned = SyncPlan.objects.filter(org=OuterRef("org"), sobject=OuterRef("name"))
    rows = SObject.objects.filter(
        Exists(planned.filter(kind="object", is_enabled=True))
    )
    orgs = rows.filter(old, is_present=True).values("org")
    counted = 0
    for org in Org.objects.connected().filter(pk__in=orgs)[:_COUNTED_AT_ONCE]:
        counted += _is_counted(org)
    return counted


def _is_counted(org: Org) -> bool:
    names = org.plans.filter(kind=SyncPlan.Kind.OBJECT).values_list(
        "sobject", flat=True
    )
    try:
        counts = count(org, names=list(names))
    except SFConnectorError as error:
        logger.warning("Records of %s were not counted: %s", org.alias, error)
        return False
    # What the org does not count shall not be asked for each time.
    org.sobjects.filter(name__in=names).exclude(name__in=counts).update(
        counted_at=clock.now()
    )
    return True


def refresh_planned(now: datetime) -> int:
    """Read the describes of planned objects that are old; return how many orgs."""
    refreshed = 0
    for org in Org.objects.connected():
        names = org.plans.filter(kind=SyncPlan.Kind.OBJECT).values("sobject")
        old = org.sobjects.filter(
            name__in=names, described_at__lt=now - TRUSTED
        ).values_list("name", flat=True)
        if not old:
            continue
        try:
            refresh(org, names=list(old))
            refreshed += 1
        except SFConnectorError as error:
            logger.warning("Describes of %s were not refreshed: %s", org.alias, error)
    return refreshed
