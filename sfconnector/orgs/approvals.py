"""The five-approvals guard: Salesforce keeps five grants per user and app.

One more ends the oldest without a word (believed, see the OAuth documents of
Salesforce; the limit is per user, app and org), so it is counted beforehand.
"""

from __future__ import annotations

from django.db.models import QuerySet

from sfconnector import grant_types
from sfconnector.audit import Actor
from sfconnector.exceptions import ConfigurationError
from sfconnector.models import Org
from sfconnector.orgs.rights import visible_to
from sfconnector.texts import gettext_noop as _

MOST = 5


def siblings(org: Org) -> QuerySet[Org]:
    """Select the rows, this one included, whose grants share one user and app."""
    if not (org.org_id and org.user_id):
        return Org.objects.none()
    return Org.objects.filter(
        app__consumer_key=org.app.consumer_key,
        org_id=org.org_id,
        user_id=org.user_id,
        flow__in=grant_types.with_refresh_token(),
        status__in=(Org.Status.CONNECTED, Org.Status.UNKNOWN),
    ).order_by("connected_at")


def refuse_sixth(org: Org, *, by: Actor) -> None:
    """Raise ConfigurationError when one more grant would end one that is in use."""
    alive = list(siblings(org))
    if len(alive) < MOST:
        return
    names = _names(alive, by)
    message = _(
        "{user} has {count} connections with "
        "this app ({names}). Salesforce keeps {most}: one more would end the oldest."
    ).format(
        user=org.connected_username or _("This user"),
        count=len(alive),
        names=names,
        most=MOST,
    )
    remedy = _("Disconnect one of them first, or connect as another Salesforce user.")
    raise ConfigurationError(message, remedy=remedy, code="five_approvals")


def _names(alive: list[Org], by: Actor) -> str:
    """Name the orgs that the person may know of; the others are counted."""
    seen = set(visible_to(by).values_list("pk", flat=True))
    names = [one.alias for one in alive if one.pk in seen]
    hidden = len(alive) - len(names)
    return ", ".join(
        [*names, *([_("{n} that you may not see").format(n=hidden)] if hidden else [])]
    )


def warning(org: Org) -> str:
    """Say what a new connection did to older ones, or ""."""
    alive = list(siblings(org))
    if len(alive) <= MOST:
        return ""
    return _(
        "Salesforce keeps {most} connections per user and app; this was number "
        "{count}. The oldest has probably ended: look which one needs to be "
        "reconnected, as another user."
    ).format(most=MOST, count=len(alive))
