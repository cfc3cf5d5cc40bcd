"""The five-approvals guard: Salesforce keeps five grants per user and app.

One more ends the oldest without a word (believed, see the OAuth documents of
Salesforce; the limit is per user, app and org), so it is counted beforehand.
"""

from __future__ import annotations

from django.db.models import QuerySet

from sfconnector.exceptions import ConfigurationError
from sfconnector.models import Org

MOST = 5


def siblings(org: Org) -> QuerySet[Org]:
    """Select the rows, this one included, whose grants share one user and app."""
    if not (org.org_id and org.user_id):
        return Org.objects.none()
    return Org.objects.filter(
        app__consumer_key=org.app.consumer_key,
        org_id=org.org_id,
        user_id=org.user_id,
        flow=Org.Flow.WEB_SERVER,
        status__in=(Org.Status.CONNECTED, Org.Status.UNKNOWN),
    ).order_by("connected_at")


def refuse_sixth(org: Org) -> None:
    """Raise ConfigurationError when one more grant would end one that is in use."""
    alive = list(siblings(org))
    if len(alive) < MOST:
        return
    names = ", ".join(one.alias for one in alive)
    message = (
        f"{org.connected_username or 'This user'} has {len(alive)} connections with "
        f"this app ({names}). Salesforce keeps {MOST}: one more would end the oldest."
    )
    remedy = "Disconnect one of them first, or connect as another Salesforce user."
    raise ConfigurationError(message, remedy=remedy, code="five_approvals")


def warning(org: Org) -> str:
    """Say what a new connection did to older ones, or ""."""
    alive = list(siblings(org))
    if len(alive) <= MOST:
        return ""
    return (
        f"Salesforce keeps {MOST} connections per user and app; this was number "
        f"{len(alive)}. The oldest, {alive[0].alias}, has probably ended: reconnect it "
        "as another user."
    )
