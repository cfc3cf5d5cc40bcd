"""Append what people and the app did: who, when, org, outcome, client address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Self

from sfconnector import conf
from sfconnector.models import AuditEvent, Org
from sfconnector.texts import printable_in

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest

    Person = AbstractBaseUser | AnonymousUser | None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and from where: one value from the face to the audit line."""

    user: Person = None
    client_address: str | None = None
    """An IP address; whatever else is given becomes None."""

    def __post_init__(self) -> None:
        # The dataclass is frozen: this is its own way to set a field once.
        object.__setattr__(self, "client_address", _address_in(self.client_address))

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """Give who sent a request, with the address that the server saw."""
        address = request.META.get("REMOTE_ADDR") or None
        return cls(getattr(request, "user", None), address)

    @property
    def user_id(self) -> Any:
        """Give the key of the person's row; None for nobody and for a stranger."""
        return self.user.pk if self.user is not None else None

    @property
    def is_person(self) -> bool:
        """Tell whether somebody waits for the answer, or a worker or command works."""
        return self.user is not None


def _address_in(text: str | None) -> str | None:
    """Find the IP address in what a server or a proxy put into ``REMOTE_ADDR``.

    Seen there: an address with its port, a list of proxies (the first is the client),
    ``unknown``, a zone (``fe80::1%eth0``), nothing at all for a Unix socket.
    """
    first = (text or "").partition(",")[0].strip()
    bracketed = first.startswith("[")
    host = first[1:].partition("]")[0] if bracketed else first
    if not bracketed and host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        found = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    # A server that listens on both families calls 203.0.113.9 ::ffff:203.0.113.9.
    return str(getattr(found, "ipv4_mapped", None) or found)


PRUNE_STEP = 5_000
NOBODY = Actor()
"""Who acts in workers and commands."""

_find_actor: ContextVar[Callable[[], Actor]] = ContextVar(
    "actor", default=lambda: NOBODY
)


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
    by: Actor = NOBODY,
    org: Org | None = None,
    outcome: str = "ok",
    detail: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Write one event and return it.

    ``action`` is ``noun.verb`` (``oauth.connect``), ``outcome`` is ``ok``,
    ``refused`` or ``failed``. ``detail`` holds plain JSON values, never a secret.
    The names of the person and of the org are copied, so that the line still reads
    after either row is gone.
    """
    known = by.user if by.user is not None and by.user.pk is not None else None
    return AuditEvent.objects.create(
        action=action,
        user_id=known.pk if known else None,
        user_name=known.get_username() if known else "",
        org=org if org is not None and org.pk is not None else None,
        org_alias=org.alias if org else "",
        outcome=outcome,
        detail=printable_in(dict(detail or {})),
        client_address=by.client_address or None,
    )


def prune(now: datetime) -> int:
    """Delete lines older than ``audit_kept_days``; return how many.

    Off by default. Nothing else in the app deletes or changes a line.
    """
    days = conf.current().audit_kept_days
    if not days:
        return 0
    old = AuditEvent.objects.filter(at__lt=now - timedelta(days=days)).unheld()
    deleted = 0
    while ids := list(old.order_by("pk").values_list("pk", flat=True)[:PRUNE_STEP]):
        deleted += AuditEvent.objects.filter(pk__in=ids).delete()[0]
    return deleted
