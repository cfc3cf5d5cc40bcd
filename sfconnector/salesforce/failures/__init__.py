"""Decides what a refusal of Salesforce means: (status, code, message) → error.

This package owns that decision. The tables (``oauth_cases``, ``rest_cases``,
``edge_cases``) are closed: a code without a row fails closed, that is, it is not tried
again and is shown as it came. To add one: a row there, and its line in the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sfconnector.exceptions import (
    Corrupt,
    LimitReached,
    NotFound,
    SalesforceError,
    SFConnectorError,
    Transient,
    Unauthorized,
)
from sfconnector.salesforce.answers import media_type, request_id, retry_after
from sfconnector.salesforce.failures.cases import Case, Explanation, Setup, Who, find
from sfconnector.salesforce.failures.edge_cases import (
    ANSWER_LOST,
    EDGE_CASES,
    NO_END,
    NOT_SENT,
    WEB_PAGE,
)
from sfconnector.salesforce.failures.oauth_cases import OAUTH_CASES
from sfconnector.salesforce.failures.refusals import Refusal, read_refusal
from sfconnector.salesforce.failures.rest_cases import REST_CASES
from sfconnector.salesforce.failures.statuses import kind_of_status
from sfconnector.texts import gettext_noop as _

__all__ = [
    "ANSWER_LOST",
    "NOT_SENT",
    "WEB_PAGE",
    "Explanation",
    "Setup",
    "Who",
    "callback_error",
    "data_error",
    "explain",
    "means_expiry",
    "no_answer",
    "no_end",
    "oauth_error",
    "rest_error",
    "times_out_again",
    "web_page",
]

E = TypeVar("E", bound=SFConnectorError)

_SLOW_CODES = frozenset({"QUERY_TIMEOUT", "REQUEST_RUNNING_TOO_LONG"})
_PAUSE_S = 60
_REST = REST_CASES + EDGE_CASES
_ALL = OAUTH_CASES + REST_CASES + EDGE_CASES


def rest_error(
    status: int,
    *,
    headers: Mapping[str, str],
    content: bytes,
    now: datetime | None = None,
) -> SFConnectorError | None:
    """Tell what a REST or Bulk answer means as an error; None when it is a success.

    Headers have lower-case names. A 200 that carries an error array is an error: some
    endpoints answer so.
    """
    refusal = read_refusal(status, headers=headers, content=content)
    if refusal is None:
        return None
    return _made(refusal, cases=_REST, headers=headers, now=now)


def data_error(
    status: int,
    *,
    headers: Mapping[str, str],
    content: bytes,
    now: datetime | None = None,
) -> SFConnectorError | None:
    """Tell the same as ``rest_error``; a success that is a web page is Corrupt."""
    if status < 300 and media_type(headers) == "text/html":
        return web_page(status, headers=headers)
    return rest_error(status, headers=headers, content=content, now=now)


def oauth_error(
    status: int,
    *,
    headers: Mapping[str, str],
    content: bytes,
    now: datetime | None = None,
) -> SFConnectorError | None:
    """Tell what an answer of an OAuth endpoint means; None when it is a success.

    The endpoints answer with a JSON object, a urlencoded text, one plain word, a web
    page, or (when the org's calls are used up) the array of the REST API.
    """
    refusal = read_refusal(status, headers=headers, content=content)
    if refusal is None:
        return None
    return _made(refusal, cases=_ALL, headers=headers, now=now)


def callback_error(error: str, description: str = "") -> SFConnectorError:
    """Make the error of a callback that came with ``?error=…`` instead of a code."""
    refusal = Refusal(status=None, code=error[:100], message=description[:500])
    return _made(refusal, cases=_ALL, headers={}, now=None)


def explain(error: SFConnectorError) -> Explanation:
    """Say in words what an error means, who can put it right, how, and where.

    An error without a row in the tables is explained by its class and shown as it
    came, with its request id.
    """
    case = _case_of(error, _ALL)
    if case is not None:
        return case.explanation()
    cause = str(error)
    if error.request_id:
        cause = f"{cause} (request id {error.request_id})"
    return Explanation(
        title=(type(error).__doc__ or "").strip().rstrip("."),
        cause=cause,
        remedy=error.remedy,
        who=str(Who.TIME if error.retry else Who.APP_ADMIN),
        setup_path="",
    )


def means_expiry(error: SFConnectorError) -> bool:
    """Tell whether a new access token would help: renew once, replay once.

    Policy refusals share status and code with expiry, so the message decides. At
    userinfo a dead token is a 403 with the one word Bad_OAuth_Token.
    """
    if error.status == 403 and error.code == "Bad_OAuth_Token":
        return True
    is_session = error.code in {"INVALID_SESSION_ID", "InvalidSessionId"}
    return (
        isinstance(error, Unauthorized)
        and is_session
        and "expired or invalid" in str(error).lower()
    )


def times_out_again(error: SFConnectorError) -> bool:
    """Tell whether Salesforce stopped a query that has to be made smaller."""
    return error.code in _SLOW_CODES


def web_page(status: int, *, headers: Mapping[str, str]) -> SFConnectorError:
    """Make the error of an answer that is a web page where data was expected."""
    kind = kind_of_status(status) if status >= 300 else Corrupt
    found = _("Salesforce answered with a web page (HTTP {status}).").format(
        status=status
    )
    if issubclass(kind, NotFound):
        found += " " + _("The org may have expired or moved.")
    return _edge(kind, found, WEB_PAGE, status=status, request_id=request_id(headers))


def no_answer(message: str, *, code: str) -> Transient:
    """Make the error of an exchange without a whole answer: ``code`` says how far."""
    return _edge(Transient, message, code)


def no_end(message: str) -> Corrupt:
    """Make the error of pages that would be followed for ever; it is not tried again.

    Whoever began anew would perhaps come to an end, by chance, with less than there is.
    """
    error = _edge(Corrupt, message, NO_END)
    error.retry = False
    return error


def _edge(kind: type[E], message: str, code: str, **more: Any) -> E:
    """Make an error that has a code of ours, with the remedy of its row."""
    case = find(EDGE_CASES, status=more.get("status"), code=code, message=message)
    return kind(message, remedy=case.remedy if case else None, code=code, **more)


def _made(
    refusal: Refusal,
    *,
    cases: tuple[Case, ...],
    headers: Mapping[str, str],
    now: datetime | None,
) -> SFConnectorError:
    if refusal.web_page and refusal.status is not None:
        error = web_page(refusal.status, headers=headers)
    else:
        error = _known_or_not(refusal, cases=cases, headers=headers)
    _set_retry_at(error, cases=cases, headers=headers, now=now)
    return error


def _known_or_not(
    refusal: Refusal, *, cases: tuple[Case, ...], headers: Mapping[str, str]
) -> SFConnectorError:
    case = find(
        cases, status=refusal.status, code=refusal.code, message=refusal.message
    )
    kind = case.kind if case else kind_of_status(refusal.status, code=refusal.code)
    remedy = case.remedy if case else None
    told = refusal.told()
    identity = request_id(headers)
    if issubclass(kind, SalesforceError):
        return kind(
            told,
            remedy=remedy,
            status=refusal.status,
            code=refusal.code,
            request_id=identity,
            fields=refusal.fields,
        )
    return kind(
        told,
        remedy=remedy,
        status=refusal.status,
        code=refusal.code,
        request_id=identity,
    )


def _set_retry_at(
    error: SFConnectorError,
    *,
    cases: tuple[Case, ...],
    headers: Mapping[str, str],
    now: datetime | None,
) -> None:
    if not isinstance(error, LimitReached | Transient):
        return
    moment = now or datetime.now(UTC)
    seconds = retry_after(headers, now=moment)
    if seconds is None and isinstance(error, LimitReached):
        case = _case_of(error, cases)
        seconds = (case.pause_s if case else None) or _PAUSE_S
    if seconds is not None:
        error.retry_at = moment + timedelta(seconds=seconds)


def _case_of(error: SFConnectorError, cases: tuple[Case, ...]) -> Case | None:
    return find(cases, status=error.status, code=error.code, message=str(error))
