"""Authorization codes, approvals (refresh tokens) and sessions (access tokens)."""

from __future__ import annotations

import secrets
import string
import threading
from dataclasses import dataclass, field
from typing import Any

from salesforce_simulator.apps import ConnectedApp
from salesforce_simulator.clock import Clock
from salesforce_simulator.users import User

CODE_SECONDS = 15 * 60
_MOST_KEPT = 20_000
_TOKEN_LETTERS = string.ascii_letters + string.digits + "._"


@dataclass
class Code:
    """An authorization code and what was asked with it."""

    value: str = field(repr=False)
    app: ConnectedApp
    user: User
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str
    nonce: str
    created: float
    used: bool = False


@dataclass(eq=False)
class Approval:
    """One user's consent to one app; lives as long as its refresh token."""

    app: ConnectedApp
    user: User
    scopes: tuple[str, ...]
    created: float
    refresh_token: str = field(repr=False, default="")
    revoked: bool = False
    last_used: float = 0.0


@dataclass(eq=False)
class Session:
    """One access token. Its life is extended by use."""

    token: str = field(repr=False)
    app: ConnectedApp
    user: User
    scopes: tuple[str, ...]
    created: float
    last_used: float
    approval: Approval | None = None


def _bound(kept: dict[str, Any]) -> None:
    """Forget the oldest entries, so that a long load does not fill the memory."""
    while len(kept) > _MOST_KEPT:
        del kept[next(iter(kept))]


class RefreshError(Exception):
    """The refresh token is dead; the message is the error description."""


class Grants:
    """Everything that was ever granted in one org. Safe for threads."""

    def __init__(self, *, clock: Clock, org_id: str) -> None:
        self.session_seconds = 2 * 60 * 60.0
        self.refresh_reuses = 0
        """How often a rotated-out refresh token came back."""
        self._clock = clock
        self._prefix = org_id[:15]
        self._codes: dict[str, Code] = {}
        self._sessions: dict[str, Session] = {}
        self._approvals: dict[str, Approval] = {}
        self._spent: dict[str, Approval] = {}
        self._lock = threading.RLock()

    def issue_code(self, **details: object) -> Code:
        """A new code; ``details`` are the fields of `Code`."""
        value = "aPrx" + secrets.token_urlsafe(44) + "=="
        code = Code(value, created=self._clock.time(), **details)  # type: ignore[arg-type]  # the fields of Code
        with self._lock:
            self._codes[value] = code
            _bound(self._codes)
        return code

    def take_code(self, value: str) -> Code | None:
        """The unused, live code, now used; None when it is no longer good.

        Raises LookupError for a code that never was.
        """
        with self._lock:
            code = self._codes[value]
            late = self._clock.time() - code.created > CODE_SECONDS
            if code.used or late:
                return None
            code.used = True
            return code

    def approve(
        self, app: ConnectedApp, user: User, *, scopes: tuple[str, ...]
    ) -> Approval:
        """A new approval with a refresh token; the app's oldest ones give way."""
        now = self._clock.time()
        approval = Approval(app, user, scopes, created=now, last_used=now)
        with self._lock:
            mine = self.approvals(app=app, user=user)
            for old in mine[: max(0, len(mine) - app.max_approvals + 1)]:
                self.revoke_approval(old)
            self._name(approval)
        return approval

    def refresh(self, token: str, *, app: ConnectedApp) -> tuple[Approval, str | None]:
        """The approval behind a refresh token, and its successor if it rotates.

        Raises `RefreshError`. A rotated-out token revokes the whole approval.
        """
        with self._lock:
            spent = self._spent.get(token)
            if spent is not None:
                self.refresh_reuses += 1
                self.revoke_approval(spent)
            approval = self._approvals.get(token)
            if approval is None or approval.app is not app or self._is_idle(approval):
                raise RefreshError("expired access/refresh token")
            if not approval.user.active:
                raise RefreshError("inactive user")
            approval.last_used = self._clock.time()
            if not app.rotate_refresh_tokens:
                return approval, None
            del self._approvals[token]
            self._spent[token] = approval
            _bound(self._spent)
            return approval, self._name(approval)

    def _is_idle(self, approval: Approval) -> bool:
        most = approval.app.refresh_idle_seconds
        idle = self._clock.time() - approval.last_used
        return most is not None and idle > most

    def open_session(
        self,
        app: ConnectedApp,
        user: User,
        *,
        scopes: tuple[str, ...],
        approval: Approval | None = None,
        token: str = "",
    ) -> Session:
        """A new access token."""
        letters = "".join(secrets.choice(_TOKEN_LETTERS) for _ in range(96))
        now = self._clock.time()
        session = Session(
            token or f"{self._prefix}!{letters}", app, user, scopes, now, now, approval
        )
        with self._lock:
            self._sessions[session.token] = session
            _bound(self._sessions)
        return session

    def session(self, token: str) -> Session | None:
        """The live session of an access token, its life extended; else None."""
        session = self._sessions.get(token)
        if session is None:
            return None
        now = self._clock.time()
        if now - session.last_used > self.session_seconds or not session.user.active:
            with self._lock:
                self._sessions.pop(token, None)
            return None
        session.last_used = now
        return session

    def peek(self, token: str) -> Session | Approval | None:
        """What a token stands for, without extending its life."""
        session = self._sessions.get(token)
        if session is not None:
            spent = self._clock.time() - session.last_used
            return session if spent <= self.session_seconds else None
        return self._approvals.get(token)

    def revoke(self, token: str) -> bool:
        """Revoke a session or an approval; False when the token is unknown."""
        with self._lock:
            if self._sessions.pop(token, None) is not None:
                return True
            approval = self._approvals.get(token)
            if approval is None:
                return False
            self.revoke_approval(approval)
            return True

    def revoke_approval(self, approval: Approval) -> None:
        """End an approval and every session that came from it."""
        with self._lock:
            approval.revoked = True
            self._approvals.pop(approval.refresh_token, None)
            for token, session in list(self._sessions.items()):
                if session.approval is approval:
                    del self._sessions[token]

    def approvals(
        self, *, app: ConnectedApp | None = None, user: User | None = None
    ) -> list[Approval]:
        """The live approvals, oldest first."""
        with self._lock:
            return sorted(
                (
                    approval
                    for approval in self._approvals.values()
                    if app in (None, approval.app) and user in (None, approval.user)
                ),
                key=lambda approval: approval.created,
            )

    def sessions(self) -> list[Session]:
        """The sessions that were not closed."""
        return list(self._sessions.values())

    def expire_sessions(self, *, user: User | None = None) -> int:
        """End all sessions, or those of one user; returns how many."""
        with self._lock:
            ended = [
                token
                for token, session in self._sessions.items()
                if user in (None, session.user)
            ]
            for token in ended:
                del self._sessions[token]
            return len(ended)

    def revoke_all(self, *, user: User | None = None) -> int:
        """Revoke every approval, or those of one user; returns how many."""
        mine = self.approvals(user=user)
        for approval in mine:
            self.revoke_approval(approval)
        return len(mine)

    def _name(self, approval: Approval) -> str:
        approval.refresh_token = "5Aep861" + secrets.token_urlsafe(54) + "=="
        self._approvals[approval.refresh_token] = approval
        return approval.refresh_token
