"""What people sent before, and what they keep or share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from sfconnector import conf
from sfconnector.gateway import Reply, Request
from sfconnector.models import Org, SavedCall
from sfconnector.salesforce.redaction import redact_tokens

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    User = AbstractBaseUser | AnonymousUser

HISTORY = 50
"""Calls remembered for each person; older ones are forgotten."""
LONGEST_PATH = 4_000
LONGEST_NAME = 120


def remember(
    org: Org, *, user: User, request: Request, reply: Reply | None = None
) -> SavedCall:
    """Put a call on top of a person's history; the same call sent before moves up.

    A path that is longer than can be kept is left out of the history, not cut: a cut
    one would be another call.
    """
    call = SavedCall(org=org, is_history=True, **_columns(request))
    if reply is not None:
        call.status, call.duration_ms = reply.status, reply.duration_ms
    return _put(call, user=user)


def remember_query(
    orgs: Sequence[Org], *, user: User, soql: str, all_rows: bool = False
) -> SavedCall:
    """Put a query of one or several orgs on top of a person's history."""
    call = SavedCall(org=orgs[0], is_history=True, soql=soql, all_rows=all_rows)
    _put(call, user=user)
    call.orgs.set(orgs)
    return call


def keep(
    org: Org, *, user: User, request: Request, name: str, is_shared: bool = False
) -> SavedCall:
    """Keep a call by name, for oneself or for everyone who may see the org."""
    return _keep(org, user, name, **_columns(request), is_shared=is_shared)


def keep_query(
    orgs: Sequence[Org],
    *,
    user: User,
    soql: str,
    name: str,
    all_rows: bool = False,
    is_shared: bool = False,
) -> SavedCall:
    """Keep a query by name, likewise."""
    values = {"soql": soql, "all_rows": all_rows, "is_shared": is_shared}
    call = _keep(orgs[0], user, name, **values)
    call.orgs.set(orgs)
    return call


def history(user: User, *, orgs: QuerySet[Org]) -> QuerySet[SavedCall]:
    """Return a person's own last calls to some orgs, the newest first."""
    mine = SavedCall.objects.filter(user=user.pk, is_history=True, org__in=orgs)
    return mine.select_related("org").annotate(asked=_among(orgs)).order_by("-pk")


def kept(user: User, *, orgs: QuerySet[Org]) -> QuerySet[SavedCall]:
    """Return the calls that a person keeps or others share, by name."""
    calls = SavedCall.objects.visible_to(user).filter(is_history=False, org__in=orgs)
    calls = calls.select_related("org", "user").annotate(asked=_among(orgs))
    return calls.order_by("name", "pk")


def _among(orgs: QuerySet[Org]) -> Count:
    """Count the orgs that a query goes to, of those that may be known of."""
    return Count("orgs", filter=Q(orgs__in=orgs))


def forget(user: User, *, pk: int | None = None) -> int:
    """Forget one of a person's own calls, or their whole history; return how many."""
    mine = SavedCall.objects.filter(user=user.pk)
    rows = mine.filter(is_history=True) if pk is None else mine.filter(pk=pk)
    count = rows.count()
    rows.delete()
    return count


def prune(now: datetime | None = None) -> int:
    """Forget everybody's calls older than ``explorer_kept_days``; return how many.

    What somebody keeps by name stays.
    """
    kept_for = timedelta(days=conf.current().explorer_kept_days)
    horizon = (now or timezone.now()) - kept_for
    old = SavedCall.objects.filter(is_history=True, at__lt=horizon).unheld()
    count = old.count()
    old.delete()
    return count


def request_of(call: SavedCall) -> Request:
    """Return a remembered REST call as it was written."""
    return Request(
        method=call.method, path=call.path, headers=call.headers, body=call.body
    )


def _columns(request: Request) -> dict[str, Any]:
    return {
        "method": request.method,
        "path": request.path,
        "headers": dict(request.headers),
        "body": redact_tokens(request.body),
    }


def _put(call: SavedCall, *, user: Any) -> SavedCall:
    call.user_id = user.pk
    if len(call.path) > LONGEST_PATH:
        return call
    mine = SavedCall.objects.filter(user=user.pk, is_history=True)
    told = ("org", "method", "path", "headers", "body", "soql", "all_rows")
    mine.filter(**{name: getattr(call, name) for name in told}).delete()
    call.save()
    newest = list(mine.order_by("-pk").values_list("pk", flat=True)[:HISTORY])
    mine.exclude(pk__in=newest).delete()
    return call


def _keep(org: Org, user: Any, name: str, **values: Any) -> SavedCall:
    fresh = {"method": "GET", "path": "", "headers": {}, "body": "", "soql": ""}
    call, _ = SavedCall.objects.update_or_create(
        user_id=user.pk,
        org=org,
        name=name.strip()[:LONGEST_NAME],
        is_history=False,
        defaults={**fresh, "all_rows": False, **values},
    )
    return call
