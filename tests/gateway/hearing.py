"""Where a value may end up besides the faces: logs, rows, the cache, Celery's messages.

Everything that is said while somebody listens is kept as text: also what is taken away
again before the end.
"""

from __future__ import annotations

import dataclasses
import itertools
import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from celery import signals
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.cache.backends.locmem import LocMemCache
from django.db.models import Model, QuerySet
from django.test import override_settings

from sfconnector.models import CachedResponse, FieldChange, Record

KEPT_VALUES = (Record, FieldChange, CachedResponse)
"""Where a value stays that was read before: hidden, until a run writes it anew."""
Heard = dict[str, list[str]]
_CACHED: list[str] = []


class HeardCache(LocMemCache):
    """Django's cache in memory, which tells all that is ever put into it."""

    def _set(self, key: str, value: bytes, *more: Any) -> None:
        # Pickled text is the text itself, so it can be looked for as it lies there.
        _CACHED.append(f"{key} {value.decode('latin-1')}")
        super()._set(key, value, *more)


class _Lines(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(f"{self.format(record)} {vars(record)}")


@contextmanager
def heard() -> Iterator[Heard]:
    """Give what is said meanwhile in the log, the cache and Celery's messages."""
    found: Heard = {"log": [], "cache": _CACHED, "messages": []}
    _CACHED.clear()
    said = found["messages"]

    def on_publish(**told: Any) -> None:
        said.append(f"{told['sender']} {told['body']} {told['headers']}")

    def on_end(**told: Any) -> None:
        said.append(f"{told['task'].name} {told['args']} {told['kwargs']}")
        said.extend(spoken(told["retval"]))

    with ExitStack() as stack:
        stack.enter_context(_log_of(_Lines(found["log"])))
        backend = f"{HeardCache.__module__}.{HeardCache.__qualname__}"
        caches = {"default": {"BACKEND": backend, "LOCATION": "heard"}}
        stack.enter_context(override_settings(CACHES=caches))
        for signal, hear in (
            (signals.before_task_publish, on_publish),
            (signals.task_postrun, on_end),
        ):
            signal.connect(hear, weak=False)
            stack.callback(signal.disconnect, hear)
        yield found


@contextmanager
def _log_of(handler: logging.Handler) -> Iterator[None]:
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield
    root.setLevel(level)
    root.removeHandler(handler)


def rows_with(text: str) -> set[str]:
    """Name the rows that hold a text, of every model that keeps no values of records."""
    return {
        f"{model.__name__} {row.pk}"
        for model in apps.get_models()
        if model not in KEPT_VALUES
        for row in model._default_manager.all()
        if text in _columns(row)
    }


def _columns(row: Model) -> str:
    decoded = row.get_decoded() if isinstance(row, Session) else ""
    return f"{vars(row)} {decoded}"


def spoken(value: Any, depth: int = 0) -> Iterator[str]:
    """Everything that a value says, whatever its repr leaves out."""
    if depth > 8 or isinstance(value, type):
        return
    within: Any = ()
    if isinstance(value, Mapping):
        within = value.items()
    elif isinstance(value, QuerySet):
        within = value.values()[:50]
    elif dataclasses.is_dataclass(value):
        within = (getattr(value, one.name) for one in dataclasses.fields(value))
    elif isinstance(value, list | tuple | set | Iterator):
        within = value
    else:
        yield str(value)
    for one in itertools.islice(within, 500):
        yield from spoken(one, depth + 1)
