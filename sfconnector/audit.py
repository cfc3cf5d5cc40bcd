"""Append what people and the app did: who, when, org, outcome, client address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple

from sfconnector.models import AuditEvent, Org

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser


class Actor(NamedTuple):
    """Who is at work, as far as that is known."""

    user: AbstractBaseUser | AnonymousUser | None = None
    client_address: str | None = None


_find_actor: ContextVar[Callable[[], Actor]] = ContextVar("actor", default=Actor)


@contextmanager
def acting(find: Callable[[], Actor]) -> Iterator[None]:
    """Let ``actor`` give what ``find`` finds, within the block."""
    before = _find_actor.set(find)
    try:
        yield
    finally:
        _find_actor.reset(before)


def actor() -> Actor:
    """Tell who is at work; nobody outside of a web request (see ``middleware``)."""
    return _find_actor.get()()


def append(
    action: str,
    *,
    user: AbstractBaseUser | AnonymousUser | None = None,
    org: Org | None = None,
    outcome: str = "ok",
    detail: Mapping[str, Any] | None = None,
    client_address: str | None = None,
) -> AuditEvent:
    """Write one event and return it.

    ``action`` is ``noun.verb`` (``oauth.connect``), ``outcome`` is ``ok``,
    ``refused`` or ``failed``. ``detail`` holds plain JSON values, never a secret.
    The names of the person and of the org are copied, so that the line still reads
    after either row is gone.
    """
    known = user if user is not None and user.pk is not None else None
    return AuditEvent.objects.create(
        action=action,
        user_id=known.pk if known else None,
        user_name=known.get_username() if known else "",
        org=org if org is not None and org.pk is not None else None,
        org_alias=org.alias if org else "",
        outcome=outcome,
        detail=dict(detail or {}),
        client_address=client_address or None,
    )
