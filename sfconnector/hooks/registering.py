"""Fetch tasks of the host, as its modules register them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from fnmatch import fnmatchcase
from typing import Any, Protocol, TypeVar

from sfconnector.hooks.receiving import refuse_async
from sfconnector.models import Org
from sfconnector.salesforce.client import Client


class Job(Protocol):
    """What a fetch task is given: its org, a client, and a place to go on from."""

    client: Client
    """Speaks to the org with its tokens; each call is counted and written down."""
    checkpoint: Any
    """What the task kept last, in this run or a former one; None at first."""

    @property
    def org(self) -> Org:
        """Return the org that the run is for."""

    def batch(
        self, *, checkpoint: Any = None, fetched: int = 0
    ) -> AbstractContextManager[None]:
        """Open a transaction whose writes count only while the run is ours."""

    def log(self, text: str) -> None:
        """Say a sentence in the run's log."""


Call = TypeVar("Call", bound=Callable[[Any], Any])


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class HostTask:
    """A function of the host that gets runs, and for which orgs."""

    name: str
    call: Callable[[Job], Any]
    every_minutes: int | None
    cron: str
    org: str

    def is_for(self, org: Org) -> bool:
        """Tell whether an org gets a plan of it."""
        return fnmatchcase(org.alias, self.org)


LONGEST_NAME = 120
MOST_MINUTES = 366 * 24 * 60
_tasks: dict[str, HostTask] = {}


def sf_task(
    name: str, *, every_minutes: int | None = None, cron: str = "", org: str = "*"
) -> Callable[[Call], Call]:
    """Give a function runs as a plan has: lease, budget, retries, history, log.

    Each connected org whose alias fits ``org`` (a pattern) gets a plan of this name, as
    often as is said here at first; after that the admin says it. The function gets a
    ``Job``; what it returns, as JSON, is the run's cached answer. It may be called
    again with the same checkpoint when its worker dies. Raises ValueError for a name
    that is empty, longer than 120 characters or another function's, for minutes that
    are no interval, and for async functions.
    """
    if not name.strip() or len(name) > LONGEST_NAME:
        raise ValueError(f"A task's name has 1 to {LONGEST_NAME} characters: {name!r}")
    if every_minutes is not None and not 1 <= every_minutes <= MOST_MINUTES:
        raise ValueError(f"every_minutes is 1 to {MOST_MINUTES:,}, not {every_minutes}")

    def register(call: Call) -> Call:
        refuse_async(call)
        known = _tasks.get(name)
        if known is not None and _place_of(known.call) != _place_of(call):
            raise ValueError(f"Two tasks are called {name!r}: a plan names one.")
        # Else its module was loaded anew: the later one takes the place.
        _tasks[name] = HostTask(
            name=name, call=call, every_minutes=every_minutes, cron=cron, org=org
        )
        return call

    return register


def _place_of(call: Callable[..., Any]) -> tuple[str, str]:
    return (
        getattr(call, "__module__", ""),
        getattr(call, "__qualname__", type(call).__qualname__),
    )


def host_tasks() -> Iterator[HostTask]:
    """Yield the tasks that the host has registered."""
    yield from list(_tasks.values())


def task_named(name: str) -> HostTask | None:
    """Return a task by its name, None when the host has none of that name now."""
    return _tasks.get(name)
