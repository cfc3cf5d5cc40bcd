"""The one door to HTTP: every byte to and from Salesforce passes here.

It sends a token to one exact origin only, follows no redirect, keeps no cookie, bounds
time and size, tells a cut answer from a whole one, and reports every exchange,
redacted, to the ``on_call`` hook.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import requests

from sfconnector import __version__
from sfconnector.exceptions import SFConnectorError
from sfconnector.salesforce.answers import Answer
from sfconnector.salesforce.bodies import cap, inflate
from sfconnector.salesforce.hosts import HostPolicy
from sfconnector.salesforce.quiet import bare
from sfconnector.salesforce.transport.body_reading import (
    check_framing,
    read_pieces,
    transport_error,
)
from sfconnector.salesforce.transport.deadline import Deadline
from sfconnector.salesforce.transport.meter import Meter
from sfconnector.salesforce.transport.request import Request, Timeouts
from sfconnector.salesforce.transport.retries import Retry
from sfconnector.salesforce.transport.session import BearerAuth, new_session
from sfconnector.salesforce.types import Call
from sfconnector.secret import Secret

log = logging.getLogger("sfconnector.salesforce")

CallHook = Callable[[Call], None]


class Stream:
    """A success whose body is read piece by piece, inflated and checked for its end."""

    def __init__(self, headers: Mapping[str, str], pieces: Iterator[bytes]) -> None:
        self.headers = headers
        self.pieces = pieces


class Transport:
    """Pooled connections for one client; safe to use from several threads."""

    def __init__(  # noqa: PLR0913 - all keyword-only
        self,
        *,
        hosts: HostPolicy,
        on_call: CallHook | None = None,
        timeouts: Timeouts | None = None,
        retry: Retry | None = None,
        sleep: Callable[[float], None] = time.sleep,
        user_agent: str = f"sfconnector/{__version__}",
        maximum_bytes: int | None = None,
    ) -> None:
        """Bound every whole answer by ``maximum_bytes``, besides its own request."""
        self.hosts = hosts
        self.timeouts = timeouts or Timeouts()
        self._on_call = on_call
        self._retry = retry or Retry()
        self._sleep = sleep
        self._maximum_bytes = maximum_bytes
        self._http = new_session(hosts, user_agent=user_agent)

    def close(self) -> None:
        """Close the pooled connections."""
        self._http.close()

    def send(
        self,
        request: Request,
        *,
        origin: str,
        token: Secret | None = None,
        retry: Retry | None = None,
    ) -> Answer:
        """Send and give the whole answer; a refusal is its ``error``, not raised.

        Reading requests are tried again as ``retry`` says. Raises HostRefused,
        Transient (no answer: code ``not_sent`` or ``answer_lost``) and Corrupt.
        """
        policy, tried = retry or self._retry, 1
        while True:
            result = self._try(request, origin=origin, token=token)
            error = result.error if isinstance(result, Answer) else result
            pause = policy.pause(
                error,
                repeatable=request.may_repeat(),
                tried=tried,
                now=datetime.now(UTC),
            )
            if pause is not None:
                self._sleep(pause)
                tried += 1
            elif isinstance(result, Answer):
                return result
            else:
                raise bare(result)

    @contextmanager
    def stream(
        self, request: Request, *, origin: str, token: Secret | None = None
    ) -> Iterator[Stream]:
        """Send and give the body of a success piece by piece; raise a refusal.

        The pieces raise Corrupt or Transient at a cut end. Never tried again here: the
        caller knows how much of it was taken.
        """
        with self._exchange(request, origin=origin, token=token) as (response, meter):
            pieces = self._pieces(response, request=request, meter=meter)
            error = request.judge(
                response.status_code,
                headers=meter.headers,
                content=b"" if response.ok else b"".join(pieces),
            )
            if error is not None:
                raise error
            yield Stream(meter.headers, pieces)

    def _try(
        self, request: Request, *, origin: str, token: Secret | None
    ) -> Answer | SFConnectorError:
        try:
            return self._receive(request, origin=origin, token=token)
        except SFConnectorError as error:
            return error

    def _receive(
        self, request: Request, *, origin: str, token: Secret | None
    ) -> Answer:
        with self._exchange(request, origin=origin, token=token) as (response, meter):
            pieces = self._pieces(response, request=request, meter=meter)
            if self._maximum_bytes is not None:
                pieces = cap(pieces, maximum=self._maximum_bytes)
            content = b"".join(pieces)
            check_framing(response, content=content)
            answer = meter.answer(response.status_code, content=content)
            error = request.judge(
                answer.status, headers=answer.headers, content=content
            )
            meter.note(error)
        return replace(answer, error=error)

    @contextmanager
    def _exchange(
        self, request: Request, *, origin: str, token: Secret | None
    ) -> Iterator[tuple[requests.Response, Meter]]:
        meter = Meter(method=request.method, target=request.target())
        failure: SFConnectorError | None = None
        try:
            response = self._open(request, origin=origin, token=token, meter=meter)
            meter.started(response.status_code, headers=_lower(response))
            with response:
                yield response, meter
        except requests.RequestException as error:
            failure = transport_error(error)
        except SFConnectorError as error:
            failure = error
        finally:
            meter.note(failure)
            self._report(meter.call())
        if failure is not None:
            raise failure

    def _open(
        self, request: Request, *, origin: str, token: Secret | None, meter: Meter
    ) -> requests.Response:
        limits = request.timeouts or self.timeouts
        body, headers = request.payload()
        meter.sent = len(body or b"")
        with Deadline(limits.total_s, started=meter.started_at).in_force():
            return self._http.request(
                request.method.upper(),
                origin + request.target(),
                data=body,
                headers=headers,
                auth=BearerAuth(token, origin=origin),
                timeout=(limits.connect_s, min(limits.read_s, limits.total_s)),
                allow_redirects=False,
                stream=True,
            )

    def _pieces(
        self, response: requests.Response, *, request: Request, meter: Meter
    ) -> Iterator[bytes]:
        limits = request.timeouts or self.timeouts
        deadline = Deadline(limits.total_s, started=meter.started_at)
        raw = read_pieces(response, deadline=deadline, count=meter.count)
        encoding = meter.headers.get("content-encoding", "").strip().lower()
        return cap(inflate(raw, encoding=encoding), maximum=request.maximum_bytes)

    def _report(self, call: Call) -> None:
        if self._on_call is None:
            return
        try:
            self._on_call(call)
        except Exception:
            log.exception("The call hook failed; this API call is not in the log.")


def _lower(response: requests.Response) -> dict[str, str]:
    return {name.lower(): text for name, text in response.headers.items()}
