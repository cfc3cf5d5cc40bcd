"""Watches one HTTP exchange and writes down what may be told of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime

from sfconnector.exceptions import SFConnectorError
from sfconnector.salesforce import answers
from sfconnector.salesforce.answers import Answer
from sfconnector.salesforce.redaction import redact_path
from sfconnector.salesforce.types import Call


class Meter:
    """Counts bytes and time of one exchange, from sending to the last byte."""

    def __init__(self, *, method: str, target: str) -> None:
        self.headers: Mapping[str, str] = {}
        self.started_at = time.monotonic()
        self.sent = 0
        self._method = method.upper()
        self._target = target
        self._received = 0
        self._status: int | None = None
        self._error_code = ""
        self._at = datetime.now(UTC)

    def started(self, status: int, *, headers: Mapping[str, str]) -> None:
        """Note that the head of an answer arrived; header names in lower case."""
        self._status = status
        self.headers = headers

    def count(self, size: int) -> None:
        """Note that ``size`` more bytes of the body arrived."""
        self._received += size

    def note(self, error: SFConnectorError | None) -> None:
        """Note how the exchange ended: the error's code, or its class without one."""
        if error is not None:
            self._error_code = error.code or type(error).__name__

    def answer(self, status: int, *, content: bytes) -> Answer:
        """Make the answer of a body that arrived whole."""
        return Answer(
            status=status,
            headers=self.headers,
            content=content,
            duration_ms=self._elapsed_ms(),
            request_id=answers.request_id(self.headers),
            date=answers.server_date(self.headers),
            limit=answers.limit_info(self.headers),
        )

    def call(self) -> Call:
        """Make the redacted line of the call log."""
        return Call(
            method=self._method,
            path=redact_path(self._target),
            status=self._status,
            duration_ms=self._elapsed_ms(),
            request_bytes=self.sent,
            response_bytes=self._received,
            request_id=answers.request_id(self.headers),
            error_code=self._error_code,
            limit=answers.limit_info(self.headers),
            at=self._at,
        )

    def _elapsed_ms(self) -> int:
        return round((time.monotonic() - self.started_at) * 1000)
