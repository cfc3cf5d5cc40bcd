"""The receivers of changed records, as the host's modules register them."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import TypeVar

from django.db.models import QuerySet

from sfconnector.models import Org, Record


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one batch did to the cached records of an object; ids have 18 characters."""

    org: Org
    sobject: str
    """API name as the org writes it."""
    created: Sequence[str] = ()
    updated: Sequence[str] = ()
    deleted: Sequence[str] = ()
    changed_fields: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    """Of updated records, by id: API names of the fields that changed, where known."""
    is_rebuild: bool = False
    """Nothing changed: ``rebuild`` tells of everything that is cached."""

    def records(self) -> QuerySet[Record]:
        """Return the created and updated records that are live by now."""
        ids = [*self.created, *self.updated]
        rows = Record.objects.of(self.org, self.sobject).live()
        return rows.filter(record_id__in=ids)


Call = TypeVar("Call", bound=Callable[[Change], object])


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A function of the host and what it wants to hear of."""

    name: str
    """Where it is defined; remembered with each change until it has taken that."""
    call: Callable[[Change], object]
    patterns: tuple[tuple[str, str], ...]
    """Of objects and of orgs; one that registers several times hears of them all."""

    def wants(self, org: Org, sobject: str) -> bool:
        """Tell whether it listens to an object of an org."""
        return any(
            fnmatchcase(sobject.lower(), objects.lower())
            and fnmatchcase(org.alias, orgs)
            for objects, orgs in self.patterns
        )


_receivers: dict[str, Receiver] = {}
LONGEST_NAME = 200


def on_records(
    sobject: str, *, org: str = "*", name: str = ""
) -> Callable[[Call], Call]:
    """Have a function called with a ``Change`` for each batch of changed records.

    ``sobject`` is an API name, ``org`` the alias of an org; both may be patterns
    (``acme-*``). It is called after the commit and at least once: when it raises, or
    its process dies, the same change comes again. An error never hurts the run.

    Changes wait for it under its name, by default where it is defined. Raises
    ValueError for what has none of its own (a lambda, a ``functools.partial``, a
    method, an object), unless ``name`` gives one, and for async functions.
    """

    def register(call: Call) -> Call:
        refuse_async(call)
        chosen = (name or name_of(call))[-LONGEST_NAME:]
        known = _receivers.get(chosen)
        patterns: tuple[tuple[str, str], ...] = ((sobject, org),)
        if known is not None and known.call == call:
            patterns = (*known.patterns, *patterns)
        elif known is not None and "<locals>" in chosen:
            raise ValueError(f"Two receivers are called {chosen}. {_GIVE_A_NAME}")
        # Else its module was loaded anew: the later one takes the place.
        _receivers[chosen] = Receiver(name=chosen, call=call, patterns=patterns)
        return call

    return register


_GIVE_A_NAME = 'Give each a name that stays: @on_records(…, name="…").'


def refuse_async(call: Callable[..., object]) -> None:
    """Raise ValueError for a function whose call alone does nothing."""
    kinds = (inspect.iscoroutinefunction, inspect.isgeneratorfunction)
    if any(is_one(call) for is_one in (*kinds, inspect.isasyncgenfunction)):
        raise ValueError(
            f"{call!r} is async or a generator: its call alone would do nothing. "
            "Give a plain function; one of async code may call async_to_sync."
        )


def name_of(call: Callable[..., object]) -> str:
    """Return where a function is defined; raise ValueError for what is no function."""
    name = getattr(call, "__qualname__", "")
    is_bound = inspect.ismethod(call) or isinstance(call, functools.partial)
    if not name or is_bound or "<lambda>" in name:
        kind = "lambda" if "<lambda>" in name else type(call).__name__
        raise ValueError(f"A {kind} has no name of its own. {_GIVE_A_NAME}")
    return f"{call.__module__}.{name}"


def receivers_of(org: Org, sobject: str) -> Iterator[Receiver]:
    """Yield those that listen to an object of an org."""
    yield from (one for one in _receivers.values() if one.wants(org, sobject))


def tell(change: Change) -> None:
    """Call the receivers that want a change, here and now; their errors are raised."""
    for receiver in receivers_of(change.org, change.sobject):
        receiver.call(change)


def receiver_named(name: str) -> Receiver | None:
    """Return a receiver by its name, None when the host has none of that name now."""
    return _receivers.get(name)


def receiver_of(call: Callable[[Change], object]) -> Receiver | None:
    """Return the receiver that a function was registered as, None when it was not."""
    found = (one for one in _receivers.values() if one.call == call)
    return next(found, None)
