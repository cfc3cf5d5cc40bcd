"""What people sent before, and what they keep or share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from sfconnector.explorer.calling import Reply
from sfconnector.explorer.request import Request
from sfconnector.models import Org, SavedCall

if TYPE_CHECKING:
    from django.contrib.auth.models import User

HISTORY = 50
"""Calls remembered for each person; older ones are forgotten."""


def remember(
    org: Org, *, user: User, request: Request, reply: Reply | None = None
) -> SavedCall:
    """Add a call to a person's history and forget the oldest beyond fifty."""
    call = SavedCall.objects.create(
        org=org,
        user=user,
        is_history=True,
        method=request.method,
        path=request.path[:4000],
        headers=dict(request.headers),
        body=request.body,
        status=reply.status if reply else None,
        duration_ms=reply.duration_ms if reply else None,
    )
    mine = SavedCall.objects.filter(user=user, is_history=True).order_by("-pk")
    kept_ids = list(mine.values_list("pk", flat=True)[:HISTORY])
    mine.exclude(pk__in=kept_ids).delete()
    return call


def history(user: User, *, orgs: QuerySet[Org]) -> QuerySet[SavedCall]:
    """Return a person's own last calls to some orgs, the newest first."""
    mine = SavedCall.objects.filter(user=user, is_history=True, org__in=orgs)
    return mine.select_related("org").order_by("-pk")


def keep(
    org: Org, *, user: User, request: Request, name: str, is_shared: bool = False
) -> SavedCall:
    """Keep a call by name, for oneself or for everyone who may see the org."""
    call, _ = SavedCall.objects.update_or_create(
        user=user,
        org=org,
        name=name[:120],
        is_history=False,
        defaults={
            "method": request.method,
            "path": request.path[:4000],
            "headers": dict(request.headers),
            "body": request.body,
            "is_shared": is_shared,
        },
    )
    return call


def kept(user: User, *, orgs: QuerySet[Org]) -> QuerySet[SavedCall]:
    """Return the calls that a person keeps or others share, by name."""
    calls = SavedCall.objects.filter(is_history=False, org__in=orgs)
    own = Q(user=user) | Q(is_shared=True)
    return calls.filter(own).select_related("org", "user").order_by("name", "pk")
