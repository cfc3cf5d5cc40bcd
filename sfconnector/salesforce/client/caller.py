"""How a client calls: token, one renewal, version paths, the org's clock."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self, TypeVar

from sfconnector.exceptions import Corrupt, InvalidRequest, SFConnectorError
from sfconnector.salesforce import failures
from sfconnector.salesforce.answers import Answer
from sfconnector.salesforce.bodies import start_of
from sfconnector.salesforce.hosts import HostPolicy
from sfconnector.salesforce.soql import identifier
from sfconnector.salesforce.transport import (
    MEGABYTE,
    ONCE,
    CallHook,
    Request,
    Retry,
    Stream,
    Timeouts,
    Transport,
)
from sfconnector.salesforce.types import SessionLike, TokenSource
from sfconnector.texts import gettext_noop as _

T = TypeVar("T")

DEFAULT_VERSION = "66.0"
_VERSION = re.compile(r"[1-9]\d{0,2}\.\d")


class Caller:
    """Sends requests with the org's token, and renews it once when it has expired."""

    def __init__(  # noqa: PLR0913 - all but one are keyword-only
        self,
        token_source: TokenSource,
        *,
        transport: Transport | None = None,
        on_call: CallHook | None = None,
        api_version: str = DEFAULT_VERSION,
        hosts: HostPolicy | None = None,
        retry: Retry | None = None,
        timeouts: Timeouts | None = None,
        maximum_bytes: int | None = None,
    ) -> None:
        self.api_version = check_version(api_version)
        self.hosts = hosts or (transport.hosts if transport else HostPolicy())
        self._tokens = token_source
        self._owns_transport = transport is None
        self._transport = transport or Transport(
            hosts=self.hosts,
            on_call=on_call,
            retry=retry,
            timeouts=timeouts,
            maximum_bytes=maximum_bytes,
        )
        self._clock: tuple[datetime, float] | None = None
        self.before_call: Callable[[], None] | None = None
        """Called before each request; what it raises, the caller gets."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that this client opened."""
        if self._owns_transport:
            self._transport.close()

    def request(  # noqa: PLR0913 - all but two are keyword-only
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        body: bytes | None = None,
        timeout: float | None = None,
        check: bool = True,
        maximum_bytes: int = 64 * MEGABYTE,
        retry: Retry | None = None,
    ) -> Answer:
        """Send any request to a path below /services/ of this org.

        With ``check=False`` a refusal is given back as an answer whose ``error`` is
        set, for those who want to show it; otherwise it is raised. ``timeout`` is the
        seconds that the whole exchange may take.
        """
        made = Request(
            method=method,
            path=path,
            params=params or {},
            headers=headers or {},
            json=json,
            body=body,
            timeouts=_timeouts(timeout),
            maximum_bytes=maximum_bytes,
        )
        answer = self.call(made, retry=retry)
        return answer.checked() if check else answer

    def call(self, request: Request, *, retry: Retry | None = None) -> Answer:
        """Send one prepared request; its refusal is in the answer, not raised.

        An expired token is renewed once and the request replayed once.
        """
        session = self._begin()
        answer = self._send(request, session=session, retry=retry)
        if answer.error is not None and failures.means_expiry(answer.error):
            renewed = self._tokens.renew(session)
            answer = self._send(request, session=renewed, retry=retry)
        self._note_clock(answer)
        return answer

    def data(
        self, method: str, path: str, *, retry: Retry | None = None, **more: Any
    ) -> Answer:
        """Send a request whose answer must be data: a web page is Corrupt.

        ``more`` are fields of ``Request``. Refusals are raised.
        """
        request = Request(method=method, path=path, judge=failures.data_error, **more)
        return self.call(request, retry=retry).checked()

    def get_json(
        self, path: str, kind: type[Any], *, params: Mapping[str, str] | None = None
    ) -> Any:
        """Get a path and read its body as JSON of the type expected."""
        return self.read(lambda answer: answer.json(kind), path, params=params or {})

    def read(self, reader: Callable[[Answer], T], path: str, **more: Any) -> T:
        """Get a path and give what ``reader`` makes of it; once more when Corrupt.

        What arrives whole may still be nonsense, which only its reader can tell.
        """
        answer = self.data("GET", path, **more)
        try:
            return reader(answer)
        except Corrupt:
            answer = self.data("GET", path, retry=ONCE, **more)
        try:
            return reader(answer)
        except Corrupt as error:
            error.excerpt = start_of(answer.content)
            raise

    @contextmanager
    def stream(self, request: Request) -> Iterator[Stream]:
        """Send a request and give its body as it arrives; refusals are raised.

        An expired token is renewed once, before anything of the body is given.
        """
        session = self._begin()
        try:
            opened = self._open(request, session=session)
            stream = opened.__enter__()
        except SFConnectorError as error:
            if not failures.means_expiry(error):
                raise
            opened = self._open(request, session=self._tokens.renew(session))
            stream = opened.__enter__()
        with _entered(opened):
            yield stream

    def server_now(self) -> datetime:
        """Give the org's clock, aware UTC, carried on from its last answer.

        Asks the org once when it has not answered anything yet.
        """
        if self._clock is None:
            self.call(Request(method="GET", path="/services/data"))
        if self._clock is None:
            return datetime.now(UTC)
        date, at = self._clock
        return date + timedelta(seconds=time.monotonic() - at)

    def data_path(self, rest: str = "", *, version: str | None = None) -> str:
        """Give the path of a resource in this client's API version, or another."""
        chosen = check_version(version) if version else self.api_version
        return f"/services/data/v{chosen}/{rest}".rstrip("/")

    def _begin(self) -> SessionLike:
        if self.before_call is not None:
            self.before_call()
        return self._tokens.current()

    def _send(
        self, request: Request, *, session: SessionLike, retry: Retry | None
    ) -> Answer:
        origin = self.hosts.check_instance(session.instance_url)
        return self._transport.send(
            self._relative(request, origin=origin),
            origin=origin,
            token=session.access_token,
            retry=retry,
        )

    def _open(self, request: Request, *, session: SessionLike) -> Any:
        origin = self.hosts.check_instance(session.instance_url)
        return self._transport.stream(
            self._relative(request, origin=origin),
            origin=origin,
            token=session.access_token,
        )

    def _relative(self, request: Request, *, origin: str) -> Request:
        """Cut the org's own origin off an absolute address; the rest is refused."""
        if request.path.startswith(f"{origin}/"):
            return replace(request, path=request.path[len(origin) :])
        return request

    def _note_clock(self, answer: Answer) -> None:
        if answer.date is not None:
            self._clock = (answer.date, time.monotonic())


def check_version(version: str) -> str:
    """Give back an API version such as ``66.0``, or raise InvalidRequest."""
    if not _VERSION.fullmatch(version):
        message = _(
            "{version!r:.20} is not an API version; write it like 66.0."
        ).format(version=version)
        raise InvalidRequest(message)
    return version


def sobject_path(name: str) -> str:
    """Give ``sobjects/<name>``, or raise InvalidRequest for what is no name."""
    if "." in identifier(name):
        message = _("{name!r:.80} is not the name of an object.").format(name=name)
        raise InvalidRequest(message)
    return f"sobjects/{name}"


def _timeouts(timeout: float | None) -> Timeouts | None:
    if timeout is None:
        return None
    return Timeouts(connect_s=min(5.0, timeout), read_s=timeout, total_s=timeout)


@contextmanager
def _entered(opened: Any) -> Iterator[None]:
    """Leave a context manager that was entered by hand, errors included."""
    try:
        yield
    except BaseException as error:
        if not opened.__exit__(type(error), error, error.__traceback__):
            raise
    else:
        opened.__exit__(None, None, None)
