"""The first look at an org that was just connected: objects, limits, how many rows."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.utils import timezone

from sfconnector import catalog, health
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org

logger = logging.getLogger(__name__)

NEW = timedelta(minutes=10)
"""For so long the tick asks again for a new org that no worker has looked at."""


def get_to_know(org: Org) -> None:
    """Read an org's objects, its limits, and how many rows its usual objects have.

    Three API calls. What one of them may not do, such as the limits, which need the
    permission "View Setup", keeps nothing else from being read.
    """
    for look in (catalog.discover, health.refresh_limits, _count_usual):
        try:
            look(org)
        except SFConnectorError as error:
            logger.info("%s: %s", org, error)


def _count_usual(org: Org) -> None:
    catalog.count(org, names=catalog.USUAL)


def new_orgs() -> list[int]:
    """Return the ids of orgs that were just connected and that nobody has looked at."""
    rows = Org.objects.present().filter(
        status=Org.Status.CONNECTED,
        catalog_at=None,
        connected_at__gt=timezone.now() - NEW,
    )
    return list(rows.values_list("pk", flat=True))
