"""A bounded pipe from the thread that fetches to the one that writes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Generic, Self, TypeVar

from django.db import connections

from sfconnector import tokens
from sfconnector.sync.work.threads import let_end, within_context

T = TypeVar("T")

MOST_BYTES = 8 * 1024 * 1024
"""What may wait in the pipe; the writer holds as much again."""
MOST_ITEMS = 8
"""Few, as each may be an API call that the budget has not seen yet."""
GATHER_SECONDS = 0.25
GATHER_SHARE = 5
"""Items gather five times as long as the writer took last, a quarter second at most."""
IDLE_SECONDS = 1.0
"""How long the writer waits before it looks whether it should go on waiting."""


class Pipe(Generic[T]):
    """Runs a producer in a thread and hands over whatever waits, all at once.

    Pages gather and are then written together: a commit with its bookkeeping costs as
    much as many rows. Memory stays flat because the producer pauses at the bounds.
    While nothing comes, ``idle`` is called every second; what it raises ends the wait.
    """

    def __init__(
        self,
        items: Iterator[T],
        *,
        weight: Callable[[T], int],
        idle: Callable[[], None],
        name: str = "fetch",
    ) -> None:
        self._items = items
        self._weight = weight
        self._idle = idle
        self._waiting: list[T] = []
        self._bytes = 0
        self._handed_at = 0.0
        self._error: BaseException | None = None
        self._is_done = False
        self._is_closed = False
        self._moved = threading.Condition()
        self._thread = within_context(self._produce, name=name)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._moved:
            self._is_closed = True
            self._moved.notify_all()
        # Whoever is called away does not wait for an org that is slow to answer. But
        # the process may end next, and must not within a renewal of tokens.
        if error is None:
            self._thread.join()
        else:
            let_end([self._thread])
        while self._thread.is_alive() and tokens.is_renewing():
            self._thread.join(IDLE_SECONDS / 10)

    def drain(self) -> list[T] | None:
        """Wait for items and return all that wait; None after the last one.

        An error of the producer is raised once what came before it was handed over.
        """
        now = time.monotonic()
        took = now - self._handed_at if self._handed_at else 0.0
        gather_until = now + min(took * GATHER_SHARE, GATHER_SECONDS)
        while not self._has_news(gather_until):
            self._idle()
        self._handed_at = time.monotonic()
        with self._moved:
            taken, self._waiting, self._bytes = self._waiting, [], 0
            self._moved.notify_all()
            if taken:
                return taken
            if self._error is not None:
                raise self._error
            return None

    def _has_news(self, gather_until: float) -> bool:
        """Wait for a second at most until something is to be handed over."""
        with self._moved:
            if not self._moved.wait_for(
                lambda: self._waiting or self._is_done, IDLE_SECONDS
            ):
                return False
            left = max(gather_until - time.monotonic(), 0.0)
            self._moved.wait_for(lambda: self._is_done or not self._has_room, left)
            return True

    def _produce(self) -> None:
        try:
            for item in self._items:
                if not self._put(item):
                    break
        except BaseException as error:  # noqa: BLE001 - raised again in drain()
            self._error = error
        finally:
            close = getattr(self._items, "close", None)
            if close is not None:
                close()
            connections.close_all()
            with self._moved:
                self._is_done = True
                self._moved.notify_all()

    def _put(self, item: T) -> bool:
        with self._moved:
            self._moved.wait_for(lambda: self._has_room or self._is_closed)
            if self._is_closed:
                return False
            self._waiting.append(item)
            self._bytes += self._weight(item)
            self._moved.notify_all()
            return True

    @property
    def _has_room(self) -> bool:
        return len(self._waiting) < MOST_ITEMS and self._bytes < MOST_BYTES
