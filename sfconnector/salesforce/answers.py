"""One whole HTTP answer, and what its headers say."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from sfconnector.exceptions import Corrupt, SFConnectorError
from sfconnector.salesforce.bodies import parse_json, start_of
from sfconnector.salesforce.types import LimitInfo
from sfconnector.texts import gettext_noop as _

T = TypeVar("T")

_ORG_USAGE = re.compile(r"(?:^|[;,\s])api-usage=(\d{1,9})/(\d{1,9})(?!\d)")
_APP_USAGE = re.compile(r"per-app-api-usage=(\d{1,9})/(\d{1,9})\(appName=([^)]*)\)")
_LONGEST_PAUSE_S = 10_000_000
MOST_RECORDS = 10**15
"""More than any org has, and within the 64 bits of a column.

A number of any length is valid JSON; databases take it for an error of ours.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of Salesforce, received whole.

    ``headers`` has lower-case names. ``error`` is what the answer means when it is a
    refusal, as an exception that was not raised.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)
    duration_ms: int
    request_id: str
    date: datetime | None
    """Salesforce's clock when it answered, aware UTC, whole seconds."""
    limit: LimitInfo | None
    error: SFConnectorError | None = None

    @property
    def content_type(self) -> str:
        """The media type, lower case, without parameters."""
        return media_type(self.headers)

    @property
    def text(self) -> str:
        """The body as text; what is not UTF-8 is replaced."""
        return self.content.decode("utf-8", "replace")

    def checked(self) -> Answer:
        """Give the answer back, or raise the error it stands for."""
        if isinstance(self.error, Corrupt):
            self.error.excerpt = start_of(self.content)
        if self.error is not None:
            raise self.error
        return self

    def json(self, expect: type[T]) -> T:
        """Read the body strictly as JSON of the type expected, or raise Corrupt."""
        return parse_json(self.content, expect)


def media_type(headers: Mapping[str, str]) -> str:
    """Give the media type of lower-case headers, without its parameters."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def request_id(headers: Mapping[str, str]) -> str:
    """Give Salesforce's id of a request, or ""."""
    return headers.get("x-sfdc-request-id") or headers.get("x-request-id") or ""


def server_date(headers: Mapping[str, str]) -> datetime | None:
    """Read the Date header as aware UTC, or None."""
    return parse_http_date(headers.get("date", ""))


def parse_http_date(value: str) -> datetime | None:
    """Read an HTTP date, its day padded or not, as aware UTC; None when it is none."""
    try:
        moment = parsedate_to_datetime(value)
    except (OverflowError, TypeError, ValueError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def retry_after(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Read Retry-After, given in seconds or as a date, as seconds from ``now``.

    A pause of months is none that an org means: None.
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit() and len(value) < 8:
        return float(value)
    moment = parse_http_date(value)
    if moment is None:
        return None
    seconds = (moment - now).total_seconds()
    return max(0.0, seconds) if seconds < _LONGEST_PAUSE_S else None


def limit_info(headers: Mapping[str, str]) -> LimitInfo | None:
    """Read ``Sforce-Limit-Info``: calls of the org, and of the app when told."""
    value = headers.get("sforce-limit-info", "")
    org = _ORG_USAGE.search(value)
    if org is None:
        return None
    app = _APP_USAGE.search(value)
    return LimitInfo(
        used=int(org[1]),
        maximum=int(org[2]),
        app_used=int(app[1]) if app else None,
        app_maximum=int(app[2]) if app else None,
        app_name=app[3] if app else "",
    )


def count_of(value: object) -> int | None:
    """Return a number of things; None for what is none, or what no column holds."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= MOST_RECORDS else None


def parse_moment(value: object) -> datetime:
    """Read a datetime that ends in +0000, +00:00 or Z, or raise Corrupt."""
    if isinstance(value, str):
        # OverflowError: the last moments of the year 9999 in the west are of no year.
        with contextlib.suppress(ValueError, OverflowError):
            moment = datetime.fromisoformat(value)
            return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    message = _(
        "The answer holds no date and time where one was expected: {value!r:.60}"
    ).format(value=value)
    raise Corrupt(message)
