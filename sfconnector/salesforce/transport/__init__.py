"""The one door to HTTP; nothing else of this package imports requests or urllib3."""

from __future__ import annotations

from sfconnector.salesforce.transport.door import CallHook, Stream, Transport
from sfconnector.salesforce.transport.request import MEGABYTE, Request, Timeouts
from sfconnector.salesforce.transport.retries import NO_ANSWER, ONCE, SOON, Retry

__all__ = [
    "MEGABYTE",
    "NO_ANSWER",
    "ONCE",
    "SOON",
    "CallHook",
    "Request",
    "Retry",
    "Stream",
    "Timeouts",
    "Transport",
]
