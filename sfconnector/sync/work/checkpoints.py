"""A run's place: a frozen type for each kind of walk, and how it is written down.

Nobody else knows its keys. Of a run that another version began, what this one knows
is read; where something is missing that it needs, the run begins anew.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from sfconnector.models import SyncRun
from sfconnector.salesforce import soql
from sfconnector.sync.shape import Api

LASTING = ("definition", "started", "anew", "refused", "stalls", "stalled_at")
"""What stays true when everything is read once more."""


MOST_CLEANED_IDS = 100
MOST_CLEANED_FIELDS = 5
"""What is written with every batch stays small."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """What a run remembers whatever way it reads."""

    definition: str = ""
    """The digest of the shape that was read until here."""
    started: str = ""
    """When the reading began, by the org's clock and as the org writes a moment."""
    anew: bool | None = None
    """Somebody asked for everything, whatever former pages looked like."""
    filling: bool = False
    """Nothing was cached when the run began."""
    refused: bool = False
    """Bulk did not read this, so it is not asked again."""
    read: bool = False
    """The reading is over; what is missing is to be settled."""
    covered: str = ""
    """Up to when the org told of its deletions."""
    cleaned: Mapping[str, int] = dataclasses.field(default_factory=dict)
    """By field, how many records held what no database stores."""
    cleaned_ids: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)
    """Some of them by field, for people to look at."""
    stalls: int = 0
    """Rests in a row at the same place."""
    stalled_at: int | None = None

    @property
    def way(self) -> tuple[str, str]:
        """Return what is read, ``full`` or ``changes``, and by which API."""
        return "", ""

    def is_begun(self, definition: str) -> bool:
        """Tell whether a run of this definition can go on from here.

        While it rested, somebody may have changed the plan, or masked a field: what
        was read until then was read otherwise.
        """
        return self.way != ("", "") and self.definition == definition

    def with_cleaned(self, pages: Iterable[Mapping[str, Sequence[str]]]) -> Self:
        """Count records that were cleaned, and keep the ids of some of each field."""
        counts, ids = Counter(self.cleaned), dict(self.cleaned_ids)
        for page in pages:
            for field, keys in page.items():
                counts[field] += len(keys)
                if field in ids or len(ids) < MOST_CLEANED_FIELDS:
                    told = dict.fromkeys([*ids.get(field, ()), *keys])
                    ids[field] = list(told)[:MOST_CLEANED_IDS]
        if not counts:
            return self
        return dataclasses.replace(self, cleaned=counts, cleaned_ids=ids)

    def rows_behind(self, fetched: int) -> int:
        """Return how many of the fetched rows are never read again."""
        return fetched

    def stalled(self, place: int) -> Self:
        """Return the place of a run that rests once more with so many rows behind."""
        stalls = self.stalls + 1 if self.stalled_at == place else 1
        return dataclasses.replace(self, stalls=stalls, stalled_at=place)

    def restarted(self) -> Self:
        """Forget the place: which of the pages was wrong cannot be told."""
        return type(self)(**{name: getattr(self, name) for name in LASTING})

    def turned_to(self, api: Api) -> Checkpoint:
        """Change the API, from the beginning: their places do not translate."""
        lasting = {name: getattr(self, name) for name in (*LASTING, "filling")}
        if api == "rest":
            lasting["refused"] = True
        return _TYPES[self.way[0], api](**lasting)

    def as_json(self) -> dict[str, Any]:
        """Return what is written into the run's row: all that is not as at first."""
        kind, api = self.way
        values = {} if not kind else {"kind": kind, "by": api}
        fresh = type(self)()
        for field in dataclasses.fields(self):
            if (value := getattr(self, field.name)) != getattr(fresh, field.name):
                values[field.name] = value
        return values


@dataclasses.dataclass(frozen=True, kw_only=True)
class Waiting(Checkpoint):
    """Nothing was decided yet; or the run is of a plan that keeps a whole answer."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ByRest(Checkpoint):
    """A place in the answers of REST queries."""

    window: int | None = None
    """So many rows are asked for at a time."""
    room: int = soql.URI_ROOM
    """The bytes that an address may have."""

    def restarted(self) -> Self:
        """Forget the place, but not what was learnt of how much may be asked for."""
        fresh = super().restarted()
        return dataclasses.replace(fresh, window=self.window, room=self.room)


@dataclasses.dataclass(frozen=True, kw_only=True)
class FullPass(ByRest):
    """Everything by REST, in the order of the ids."""

    after: str = ""
    """The last id that was committed."""
    pages: int = 0

    @property
    def way(self) -> tuple[str, str]:
        return "full", "rest"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Changes(ByRest):
    """What changed by REST, oldest first."""

    moment: str = ""
    """The stamp of the last record that was committed, and its id."""
    after: str = ""

    @property
    def way(self) -> tuple[str, str]:
        return "changes", "rest"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Overlay(ByRest):
    """Some fields, laid over the cache: it ends where it began, in one call."""

    @property
    def way(self) -> tuple[str, str]:
        return "fields", "rest"


@dataclasses.dataclass(frozen=True, kw_only=True)
class BulkJob(Checkpoint):
    """Changes by a Bulk job; its pages may come in any order."""

    job: str = ""
    version: str = ""
    """The API version that the job's results are asked for in."""
    asked: str = ""
    """When the job was started."""
    open: Mapping[str, int] = dataclasses.field(default_factory=dict)
    """Rows of pages whose end was not committed yet, by the page's number."""
    finished: Sequence[int] = ()
    before: int = 0
    """Rows of the finished pages."""
    locator: str | None = None
    """Where the page behind the last finished one begins."""
    one_by_one: bool = False
    """The job's list of pages is not trusted any more."""
    met: int = 0
    """Rows whose record was cached before."""
    recount: bool = False
    """Pages were left half-way, so that ``met`` proves nothing."""
    done: bool = False

    @property
    def way(self) -> tuple[str, str]:
        return "changes", "bulk"

    def rows_behind(self, fetched: int) -> int:
        """A page that was left half-way is read again from its start."""
        return min(self.before, fetched)

    def restarted(self) -> Self:
        """Forget the job; and should its list have been at fault, do without one."""
        return dataclasses.replace(super().restarted(), one_by_one=True)


@dataclasses.dataclass(frozen=True, kw_only=True)
class FullBulkJob(BulkJob):
    """Everything by a Bulk job."""

    cached: int | None = None
    """How many records it should meet."""

    @property
    def way(self) -> tuple[str, str]:
        return "full", "bulk"


_TYPES: dict[tuple[str, str], type[Checkpoint]] = {
    type_().way: type_ for type_ in (FullPass, Changes, BulkJob, FullBulkJob, Overlay)
}


def begin(*, is_full: bool, api: Api, **values: Any) -> Checkpoint:
    """Return the checkpoint with which a run begins."""
    return _TYPES["full" if is_full else "changes", api](**values)


def from_json(written: Mapping[str, Any]) -> Checkpoint:
    """Read what was written into a run's row, by whichever version."""
    type_ = _TYPES.get((written.get("kind", ""), written.get("by", "")), Waiting)
    is_timed = type_ in (FullPass, BulkJob, FullBulkJob)
    if is_timed and not written.get("started"):
        type_ = Waiting
    names = {field.name for field in dataclasses.fields(type_)}
    return type_(**{key: value for key, value in written.items() if key in names})


def cleaned_of(run: SyncRun) -> Mapping[str, Sequence[str]]:
    """Return by field the ids of some records that a run took characters out of."""
    return from_json(run.checkpoint).cleaned_ids
