"""Encryption keys over their life: how many secrets each seals, re-sealing, proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import models

from sfconnector import audit, crypto
from sfconnector.audit import NOBODY, Actor
from sfconnector.exceptions import SecretUnreadable
from sfconnector.models import (
    AuditEvent,
    ConnectedApp,
    Credential,
    KeyCanary,
    OAuthFlow,
)
from sfconnector.models.apps import CONSUMER, PRIVATE_KEY
from sfconnector.models.credentials import ACCESS, REFRESH, VERIFIER
from sfconnector.secret import Secret


@dataclass(frozen=True, slots=True)
class Column:
    """A column that holds ciphertexts, and the purpose they are sealed for."""

    model: type[models.Model]
    name: str
    purpose: str

    @property
    def label(self) -> str:
        """Name the column as ``Model.column``."""
        return f"{self.model.__name__}.{self.name}"

    @property
    def rows(self) -> models.QuerySet[models.Model]:
        """Select the rows in which something is sealed."""
        filled = self.model._default_manager.exclude(**{self.name: ""})  # noqa: SLF001 - documented by Django
        return filled.order_by("pk")


COLUMNS = (
    Column(ConnectedApp, "consumer_secret_enc", CONSUMER),
    Column(ConnectedApp, "private_key_enc", PRIVATE_KEY),
    Column(Credential, "access_token_enc", ACCESS),
    Column(Credential, "refresh_token_enc", REFRESH),
    Column(OAuthFlow, "verifier_enc", VERIFIER),
)
"""Every sealed column; a test compares this list with the models."""


CONNECTIONS = tuple(column for column in COLUMNS if column.model is not OAuthFlow)
"""Columns whose loss costs a connection; a log-in under way can begin anew."""


@dataclass(frozen=True, slots=True)
class Status:
    """Which key seals how many secrets."""

    primary: str
    configured: tuple[str, ...]
    counts: Mapping[str, Mapping[str, int]]
    """Key id → column → how many; "" is the id of what is no ciphertext."""
    used: frozenset[str] = frozenset()
    """Keys that sealed something at some time."""
    rotated_at: datetime | None = None
    """When secrets were last sealed anew; backups from before need older keys."""

    @property
    def unknown(self) -> tuple[str, ...]:
        """Name the keys that seal something and are not configured."""
        return tuple(kid for kid in self.counts if kid not in self.configured)

    @property
    def removable(self) -> tuple[str, ...]:
        """Name the configured keys that seal nothing any more."""
        return tuple(kid for kid in self._idle if kid in self.used)

    @property
    def coming(self) -> tuple[str, ...]:
        """Name the configured keys that never sealed anything yet."""
        return tuple(kid for kid in self._idle if kid not in self.used)

    @property
    def _idle(self) -> tuple[str, ...]:
        busy = {self.primary, *self.counts}
        return tuple(kid for kid in self.configured if kid not in busy)


@dataclass(slots=True)
class Rotation:
    """What a rotation did."""

    resealed: int = 0
    waiting: int = 0
    """Still under an older key, because this was a rehearsal."""
    overtaken: int = 0
    """Changed meanwhile by somebody else, who used the new key."""
    broken: list[str] = field(default_factory=list)
    """Rows that do not open, by column and primary key; left as they are."""


def status() -> Status:
    """Count, for each key, the secrets that it seals; opens nothing."""
    ring = crypto.ring()
    counts: dict[str, Counter[str]] = {}
    for column in COLUMNS:
        for _pk, token in _tokens(column):
            kid = crypto.kid_of(token)
            counts.setdefault(kid, Counter())[column.label] += 1
    rotations = AuditEvent.objects.filter(action="keys.rotated").order_by("-at")
    return Status(
        ring.primary().kid,
        tuple(ring.ids()),
        counts,
        frozenset(KeyCanary.objects.values_list("kid", flat=True)),
        rotations.values_list("at", flat=True).first(),
    )


def wrong() -> list[str]:
    """Name the configured keys that are not the ones used before under their names."""
    known = KeyCanary.objects.filter(kid__in=list(crypto.ring().ids()))
    return [canary.kid for canary in known if not canary.sings]


def lost() -> list[str]:
    """Name keys that are not configured and seal secrets of connections.

    One short query for each column: a probe may ask. ``status`` counts them all.
    """
    found: set[str] = set()
    for column in CONNECTIONS:
        rows = column.rows.order_by()
        for kid in crypto.ring().ids():
            prefix = f"{crypto.VERSION}${kid}$"
            rows = rows.exclude(**{f"{column.name}__startswith": prefix})
        tokens = rows.values_list(column.name, flat=True)
        found |= {crypto.kid_of(token) for token in tokens[:100]}
    return sorted(found)


def rotate(
    *,
    batch: int = 200,
    dry_run: bool = False,
    by: Actor = NOBODY,
) -> Rotation:
    """Seal every secret anew with the first key; safe while tokens are refreshed.

    Each row is one UPDATE that only fits while the old ciphertext stands there, so
    whoever wrote in between wins, and a rotation that was cut short just goes on when
    it is started again. What does not open stays as it is.
    """
    done = Rotation()
    if not dry_run:
        KeyCanary.plant()
    prefix = f"{crypto.VERSION}${crypto.ring().primary().kid}$"
    for column in COLUMNS:
        for row in _rows(column, batch=batch, without=prefix):
            if dry_run:
                done.waiting += 1
            else:
                _reseal(column, row, done)
    if not dry_run:
        detail = {
            "key": crypto.ring().primary().kid,
            "resealed": done.resealed,
            "broken": len(done.broken),
        }
        outcome = "failed" if done.broken else "ok"
        audit.append(
            "keys.rotated",
            by=by,
            outcome=outcome,
            detail=detail,
        )
    return done


def verify() -> list[str]:
    """Open every secret; name the rows that do not open, with the reason."""
    broken = []
    for column in COLUMNS:
        for row in _rows(column, batch=500):
            try:
                _open(column, row)
            except SecretUnreadable as error:
                broken.append(f"{column.label} {row.pk}: {error.code}")
    return broken


@dataclass(frozen=True, slots=True)
class _Row:
    pk: int
    uuid: UUID
    token: str


def _reseal(column: Column, row: _Row, done: Rotation) -> None:
    try:
        secret = _open(column, row)
    except SecretUnreadable:
        done.broken.append(f"{column.label} {row.pk}")
        return
    token = crypto.seal(secret, purpose=column.purpose, row_uuid=row.uuid)
    same = column.rows.filter(pk=row.pk, **{column.name: row.token})
    if same.order_by().update(**{column.name: token}):
        done.resealed += 1
    else:
        done.overtaken += 1


def _open(column: Column, row: _Row) -> Secret:
    return crypto.unseal(row.token, purpose=column.purpose, row_uuid=row.uuid)


def _rows(column: Column, *, batch: int, without: str = "") -> Iterator[_Row]:
    """Go through a column in the order of its keys, some rows at a time."""
    rows = column.rows
    if without:
        rows = rows.exclude(**{f"{column.name}__startswith": without})
    last = 0
    while True:
        some = rows.filter(pk__gt=last).values_list("pk", "uuid", column.name)[:batch]
        found = [_Row(*values) for values in some]
        yield from found
        if len(found) < batch:
            return
        last = found[-1].pk


def _tokens(column: Column) -> Iterator[tuple[int, str]]:
    values = column.rows.values_list("pk", column.name)
    yield from values.iterator(chunk_size=500)
