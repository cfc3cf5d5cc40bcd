"""The users of the pretend org and what each may see."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(eq=False)
class User:
    """One user. ``hidden`` names fields that field-level security hides."""

    id: str
    username: str
    password: str = field(default="letmein", repr=False)
    first_name: str = "Ada"
    last_name: str = "Admin"
    email: str = ""
    active: bool = True
    api_enabled: bool = True
    hidden: frozenset[str] = frozenset()
    """Fields such as ``Account.Phone``, or whole objects such as ``Lead``."""
    integration: bool = False
    language: str = "en_US"
    timezone: str = "America/Los_Angeles"

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def zone(self) -> tzinfo:
        """The user's time zone; UTC where the machine does not know it."""
        try:
            return ZoneInfo(self.timezone)
        except ZoneInfoNotFoundError:
            return UTC

    @property
    def utc_offset(self) -> int:
        """Milliseconds from UTC in winter, as the identity services tell it."""
        offset = datetime(2026, 1, 1, tzinfo=self.zone).utcoffset()
        return int(offset.total_seconds() * 1000) if offset else 0

    def hide(self, *names: str) -> None:
        """Take fields (``Account.Phone``) or objects (``Lead``) out of sight."""
        self.hidden = self.hidden | frozenset(names)

    def reveal(self, *names: str) -> None:
        """Undo `hide`."""
        self.hidden = self.hidden - frozenset(names)


class Users:
    """All users of one org, in the order in which they were added.

    ``enrol`` writes the row of the n-th user and returns its id.
    """

    def __init__(self, *, enrol: Callable[[int, User], str]) -> None:
        self._enrol = enrol
        self._users: dict[str, User] = {}
        self._lock = threading.Lock()

    def add(self, username: str, **details: object) -> User:
        """Add a user; ``details`` are the fields of `User`.

        Without a name in them the user is called as the username begins. Raises
        ValueError when the username is taken.
        """
        with self._lock:
            if any(user.username == username for user in self):
                raise ValueError(f"There already is a user {username}.")
            given = {"email": username, **_name_in(username), **details}
            user = User("", username, **given)  # type: ignore[arg-type]  # the fields of User
            user.id = self._enrol(len(self._users), user)
            self._users[user.id] = user
            return user

    def get(self, key: str) -> User | None:
        """The user with this id (15 or 18 characters) or username, or None."""
        for user in self:
            if user.username == key or user.id[:15] == key[:15]:
                return user
        return None

    @property
    def default(self) -> User:
        """The first user: who logs in when nobody else is named."""
        return next(iter(self))

    def __iter__(self) -> Iterator[User]:
        return iter(list(self._users.values()))

    def __len__(self) -> int:
        return len(self._users)


def _name_in(username: str) -> dict[str, str]:
    """``bob.builder@example.com`` is Bob Builder, ``bob@example.com`` Bob User."""
    first, _, last = username.partition("@")[0].partition(".")
    return {
        "first_name": first.capitalize() or "Ada",
        "last_name": last.replace(".", " ").title() or "User",
    }
