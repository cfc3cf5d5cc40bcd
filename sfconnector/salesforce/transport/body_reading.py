"""Reads a body off the socket under a deadline, and names what broke."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import requests
import urllib3.exceptions as faults

from sfconnector.exceptions import InvalidRequest, SalesforceError
from sfconnector.salesforce.failures import ANSWER_LOST, NOT_SENT, no_answer
from sfconnector.salesforce.transport.deadline import Deadline
from sfconnector.texts import gettext_noop as _

_PIECE = 256 * 1024
_BODILESS = frozenset({204, 205, 304})
_UNSENT = (
    faults.NewConnectionError,
    faults.NameResolutionError,
    faults.ConnectTimeoutError,
    faults.ProxyError,
    faults.SSLError,
)


def read_pieces(
    response: requests.Response, *, deadline: Deadline, count: Callable[[int], None]
) -> Iterator[bytes]:
    """Give the body as it arrives, still encoded; raise Transient when it breaks.

    Each piece is what one read of the socket gave, so that an answer which drips byte
    by byte is noticed. A body shorter than its Content-Length, or without the last
    chunk, is broken.
    """
    while True:
        deadline.check()
        try:
            # One read of the socket (urllib3 2.2 and newer); ``read`` would wait for
            # all of the piece, and so for a sender that drips.
            piece = response.raw.read1(_PIECE, decode_content=False)
        except faults.ReadTimeoutError:
            deadline.check()
            message = _("Salesforce stopped sending in the middle of an answer.")
            raise no_answer(message, code=ANSWER_LOST) from None
        except (faults.HTTPError, OSError):
            message = _("The connection broke in the middle of an answer.")
            raise no_answer(message, code=ANSWER_LOST) from None
        if not piece:
            return
        count(len(piece))
        yield piece


def check_framing(response: requests.Response, *, content: bytes) -> None:
    """Raise Transient for a cut head: nothing tells of a body, and none came."""
    told = {"content-length", "transfer-encoding"} & {
        name.lower() for name in response.headers
    }
    has_body = response.ok and response.status_code not in _BODILESS
    if has_body and not told and not content:
        message = _("The connection broke before the answer's body.")
        raise no_answer(message, code=ANSWER_LOST)


def transport_error(error: requests.RequestException) -> SalesforceError:
    """Name a failure before any answer came; the address is not told, it may be long.

    ``not_sent`` when the request cannot have arrived, else ``answer_lost``.
    """
    if isinstance(error, ValueError):
        message = _(
            "The request could not be made: its address or a header is malformed."
        )
        return InvalidRequest(message)
    if isinstance(error, requests.ConnectTimeout) or _was_unsent(error):
        message = _("Salesforce could not be reached: {reason}.").format(
            reason=_reason(error)
        )
        return no_answer(message, code=NOT_SENT)
    if isinstance(error, requests.Timeout):
        return no_answer(_("Salesforce did not answer in time."), code=ANSWER_LOST)
    return no_answer(_("The connection broke before an answer came."), code=ANSWER_LOST)


def _was_unsent(error: requests.RequestException) -> bool:
    return isinstance(_cause(error), _UNSENT) or isinstance(
        error, requests.exceptions.ProxyError | requests.exceptions.SSLError
    )


def _reason(error: requests.RequestException) -> str:
    cause = _cause(error)
    if isinstance(cause, faults.NameResolutionError):
        return "its name is unknown"
    if isinstance(error, requests.ConnectTimeout):
        return "no connection in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate was not accepted"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy did not let the request through"
    return "the connection was refused"


def _cause(error: requests.RequestException) -> BaseException | None:
    first = error.args[0] if error.args else None
    return getattr(first, "reason", None) or (
        first if isinstance(first, BaseException) else None
    )
