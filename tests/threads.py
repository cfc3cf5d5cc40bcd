"""Threads of tests: each ends with its connections closed, and none waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

PATIENCE = 60
"""Seconds until a thread that does not come is a fault: busy machines are slow."""


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Do things at the same moment in threads; return what each came to.

    What a thread raises is raised here, once all have ended.
    """
    gate = threading.Barrier(len(deeds), timeout=PATIENCE)
    found: list[Any] = [None] * len(deeds)
    errors: list[BaseException] = []

    def work(place: int) -> None:
        try:
            gate.wait()
            found[place] = deeds[place]()
        except BaseException as error:  # noqa: BLE001 - raised again below
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=[n]) for n in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return found


@contextmanager
def beside(work: Callable[[], Any]) -> Iterator[list[Any]]:
    """Do something in a thread; what it returned or raised is in the list."""
    outcome: list[Any] = []

    def do() -> None:
        try:
            outcome.append(work())
        except Exception as error:  # noqa: BLE001 - the test looks at it
            outcome.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=do)
    thread.start()
    yield outcome
    thread.join(PATIENCE)
    assert outcome


class OpenConnections:
    """Connections of threads: whoever ends without closing its own is told here.

    Python would say it much later, when it clears away what nobody holds, and pytest
    would blame the test that runs by then.
    """

    def __init__(self) -> None:
        self._opened: list[tuple[threading.Thread, BaseDatabaseWrapper]] = []

    def note(self, connection: BaseDatabaseWrapper, **_: object) -> None:
        """Hear of a connection that was opened (a receiver of ``connection_created``)."""
        thread = threading.current_thread()
        if thread is not threading.main_thread():
            self._opened.append((thread, connection))

    def left(self) -> list[str]:
        """Name the threads that ended and left a connection open; close these."""
        found = []
        for thread, connection in self._opened:
            if not thread.is_alive() and connection.connection is not None:
                found.append(f"{thread.name}: {connection.alias}")
                connection.connection.close()
                connection.connection = None
        self._opened = [
            (thread, connection)
            for thread, connection in self._opened
            if thread.is_alive() and connection.connection is not None
        ]
        return found
