"""The change log: which rows a commit changed, who did it and by which client."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import uuid4

from salesforce_simulator.schema import Row

_KEPT: Final = 20_000


class Origin(NamedTuple):
    """What the commits of one request have in common: a key, and the client's name."""

    key: str
    client: str

    @classmethod
    def of(cls, client: str = "") -> Origin:
        """A new transaction of a client, see `Request.client`."""
        return cls(str(uuid4()), client)


_ORIGIN: ContextVar[Origin | None] = ContextVar("origin", default=None)


@contextmanager
def signed(origin: Origin) -> Iterator[None]:
    """Commits in the block bear this origin in the change log."""
    token = _ORIGIN.set(origin)
    try:
        yield
    finally:
        _ORIGIN.reset(token)


@dataclass(frozen=True, slots=True)
class Change:
    """One row changed by one commit, told as change events tell it.

    `number` grows with every commit and is shared by its rows, `sequence` counts the
    rows of a commit from 1, `key` is shared by all commits of one request. `kind` is
    CREATE, UPDATE, DELETE or UNDELETE; `fields` are those an update changed. `values`
    are the whole row where it was made or came back, what changed of it where it was
    updated, and nothing where it was deleted.
    """

    number: int
    sequence: int
    key: str
    at: str
    user_id: str
    client: str
    sobject: str
    record_id: str
    kind: str
    fields: tuple[str, ...]
    values: Row


class ChangeLog:
    """The last 20,000 changes, oldest first. Whoever notes holds the store's lock."""

    def __init__(self) -> None:
        self.number = 0
        self._changes: deque[Change] = deque(maxlen=_KEPT)

    def since(self, number: int) -> list[Change]:
        """The changes of the commits after this number, as far as they are kept."""
        found: list[Change] = []
        for change in reversed(self._changes.copy()):
            if change.number <= number:
                break
            found.append(change)
        return found[::-1]

    def note(
        self,
        rows: list[tuple[str, str, Row | None, Row | None]],
        *,
        at: str,
        user_id: str,
    ) -> None:
        """Log one commit: object, id, and the row before and after of each."""
        self.number += 1
        by = _ORIGIN.get() or Origin.of()
        for sequence, (sobject, record_id, before, after) in enumerate(rows, 1):
            kind, values = _told(before, after)
            self._changes.append(
                Change(
                    number=self.number,
                    sequence=sequence,
                    key=by.key,
                    at=at,
                    user_id=user_id,
                    client=by.client,
                    sobject=sobject,
                    record_id=record_id,
                    kind=kind,
                    fields=tuple(values) if kind == "UPDATE" else (),
                    values=values,
                )
            )

    def forget_after(self, number: int) -> None:
        """Drop the commits after this number, which were undone."""
        while self._changes and self._changes[-1].number > number:
            self._changes.pop()


def _told(before: Row | None, after: Row | None) -> tuple[str, Row]:
    """The kind of a change, and its values."""
    if after is None:
        return "DELETE", {}
    if before is None:
        return "CREATE", after
    gone = bool(after.get("IsDeleted"))
    if gone is not bool(before.get("IsDeleted")):
        return ("DELETE", {}) if gone else ("UNDELETE", after)
    changed = {name: now for name, now in after.items() if before.get(name) != now}
    return "UPDATE", changed
