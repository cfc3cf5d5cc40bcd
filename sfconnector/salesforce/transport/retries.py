"""How often and how long to wait before a request is sent again: pure numbers."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sfconnector.exceptions import Corrupt, SalesforceError, Transient


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Up to ``attempts`` tries; pauses of 1, 2, 4 … s up to ``longest_s``, with jitter.

    ``Retry-After`` lengthens a pause; one that asks for more than ``longest_s`` ends
    the tries, so that the caller can come back later instead of holding a worker.
    Without ``after_silence`` so does a request of which nothing came back.
    """

    attempts: int = 5
    first_s: float = 1.0
    longest_s: float = 60.0
    after_silence: bool = True
    jitter: Callable[[], float] = random.random

    def pause(
        self, error: Exception | None, *, repeatable: bool, tried: int, now: datetime
    ) -> float | None:
        """Give the seconds to wait before the next try, or None to give up.

        Only what is repeatable is repeated: a write may have been carried out.
        """
        if tried >= self.attempts or not repeatable:
            return None
        if not (isinstance(error, Transient | Corrupt) and error.retry):
            return None
        if error.code in NO_ANSWER and not self.after_silence:
            return None
        backoff = min(self.longest_s, self.first_s * 2 ** (tried - 1))
        wanted = backoff * (0.5 + self.jitter() / 2)
        asked = _asked_for(error, now=now)
        return None if asked > self.longest_s else max(wanted, asked)


NO_ANSWER = frozenset({"not_sent", "answer_lost"})
"""Codes of errors without an answer of the org's."""
ONCE = Retry(attempts=1)
"""No second try: for pages that a person waits for, and for token calls."""
SOON = Retry(attempts=2, longest_s=5.0, after_silence=False)
"""For looks at many orgs: who does not answer waits for another look."""


def _asked_for(error: SalesforceError, *, now: datetime) -> float:
    if error.retry_at is None:
        return 0.0
    return (error.retry_at - now).total_seconds()
