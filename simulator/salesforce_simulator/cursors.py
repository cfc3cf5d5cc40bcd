"""Open query cursors, and a bounded cache of the pages that were encoded."""

from __future__ import annotations

import secrets
import string
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from salesforce_simulator.clock import Clock

MAX_OPEN = 100
"""Cursors with further pages that stay open per org."""
MAX_SINGLE = 64
MAX_CHILDREN = 10_000
"""Cursors of child records that did not fit into their parent's record."""
LIFE_SECONDS = 2 * 86_400.0
_LETTERS = string.ascii_letters + string.digits


class Question(NamedTuple):
    """What was asked, by whom, and of which data: its answer is always the same."""

    text: str
    include_deleted: bool
    user_id: str
    hidden: frozenset[str]
    base: str
    """What its addresses begin with, such as ``/services/data/v66.0``."""
    size: int
    """Rows per page."""
    stamp: Hashable
    """Differs after every change of rows or schema."""
    turn: int
    """Differs each time for a statement whose answer depends on the time of day."""


@dataclass(eq=False)
class Cursor:
    """One query result that pages are read from. Bound to the user who asked."""

    locator: str
    """18 characters; the offset follows after a hyphen."""
    asked: Question
    result: Any
    created: float
    has_children: bool = False
    """Its pages name cursors of their own, so they are made anew each time."""


class Cursors:
    """The cursors of one org. Safe for threads."""

    def __init__(self, *, clock: Clock, cache_bytes: int = 64 * 1024 * 1024) -> None:
        self.pages = PageCache(cache_bytes)
        self._clock = clock
        self._open: OrderedDict[str, Cursor] = OrderedDict()
        self._single: OrderedDict[str, Cursor] = OrderedDict()
        self._children: OrderedDict[str, Cursor] = OrderedDict()
        self._by_question: dict[Question, Cursor] = {}
        self._lock = threading.Lock()

    def same(self, asked: Question) -> Cursor | None:
        """The live cursor of the same question to unchanged data, if one is open."""
        with self._lock:
            cursor = self._by_question.get(asked)
            if cursor is None or self._is_old(cursor):
                return None
            self._touch(cursor)
            return cursor

    def open(self, result: Any, *, asked: Question) -> Cursor:
        """A new cursor; the longest unused ones are closed for it."""
        cursor = Cursor(_locator(), asked, result, self._clock.time())
        single = result.total_size <= asked.size
        shelf, most = (self._single, MAX_SINGLE) if single else (self._open, MAX_OPEN)
        with self._lock:
            self._drop_stale(asked.stamp)
            shelf[cursor.locator] = cursor
            self._by_question[asked] = cursor
            while len(shelf) > most:
                _, old = shelf.popitem(last=False)
                self._forget(old)
        return cursor

    def _drop_stale(self, stamp: Hashable) -> None:
        """Forget one-page answers about data that has changed: none asks again."""
        stale = [one for one in self._single.values() if one.asked.stamp != stamp]
        for cursor in stale:
            del self._single[cursor.locator]
            self._forget(cursor)

    def open_child(self, result: Any, *, parent: Cursor) -> Cursor:
        """A cursor for the rest of a parent row's children."""
        parent.has_children = True
        child = replace(parent, locator=_locator(), result=result)
        with self._lock:
            self._children[child.locator] = child
            while len(self._children) > MAX_CHILDREN:
                self._children.popitem(last=False)
        return child

    def find(self, locator: str, *, user_id: str) -> Cursor | None:
        """The cursor of a locator, if it is open and the user's own."""
        with self._lock:
            cursor = self._open.get(locator) or self._children.get(locator)
            if (
                cursor is None
                or cursor.asked.user_id != user_id
                or self._is_old(cursor)
            ):
                return None
            self._touch(cursor)
            return cursor

    def kill(self) -> int:
        """Close all cursors; returns how many had further pages."""
        with self._lock:
            count = len(self._open)
            self._open.clear()
            self._single.clear()
            self._children.clear()
            self._by_question.clear()
            return count

    def clear(self) -> None:
        """Close all cursors and drop the cached pages."""
        self.kill()
        self.pages.clear()

    def __len__(self) -> int:
        return len(self._open)

    def _is_old(self, cursor: Cursor) -> bool:
        return self._clock.time() - cursor.created > LIFE_SECONDS

    def _touch(self, cursor: Cursor) -> None:
        for shelf in (self._open, self._single):
            if cursor.locator in shelf:
                shelf.move_to_end(cursor.locator)

    def _forget(self, cursor: Cursor) -> None:
        if self._by_question.get(cursor.asked) is cursor:
            del self._by_question[cursor.asked]


def _locator() -> str:
    return "0r8" + "".join(secrets.choice(_LETTERS) for _ in range(15))


class PageCache:
    """Encoded pages, the longest unused dropped first when they grow too large."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._pages: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> bytes | None:
        """The page, now the freshest; None when it is not kept."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: Hashable, page: bytes) -> None:
        """Keep a page, unless it alone is larger than a quarter of the cache."""
        if len(page) > self.most_bytes // 4:
            return
        with self._lock:
            old = self._pages.pop(key, b"")
            self._pages[key] = page
            self.bytes += len(page) - len(old)
            while self.bytes > self.most_bytes:
                _, dropped = self._pages.popitem(last=False)
                self.bytes -= len(dropped)

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._pages.clear()
            self.bytes = 0
