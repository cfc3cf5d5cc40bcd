"""Keeps secrets out of logs: what is masked, and where the masks are put."""

from __future__ import annotations

import logging
import re

from sfconnector.secret import MASK

_NAMES = (
    r"access_token|refresh_token|id_token|token|code|code_verifier|client_secret"
    r"|client_assertion|assertion|password|sid|state|authorization|cookie|signature"
)
_TOKENS = (
    re.compile(r"(\b00D\w{9,15})(?:!|%21)[\w.%-]+"),
    re.compile(r"\b(5Aep)861[\w.%=-]+"),
)
_SIGNS = (b"00D", b"5Aep", b"eyJ")
"""What each form of token begins with."""
_JWT = re.compile(r"\beyJ[\w-]{10}")
_RUN = re.compile(r"(?<![\w.-])[\w.-]++")
"""A whole run of letters that a JWT may stand in, so that none is looked at twice."""
_PATTERNS = (
    re.compile(rf"(?i)(?<![\w-])((?:{_NAMES})=)[^&\s\"']+"),
    re.compile(rf"(?i)([\"'](?:{_NAMES})[\"']\s*:\s*[\"'])[^\"']+"),
    re.compile(r"(?i)\b((?:bearer|oauth|basic)\s+)(?=[^\s,\"']*[\d=!])[^\s,\"']+"),
    *_TOKENS,
)
_SILENCED = ("requests_oauthlib", "oauthlib")
_WATCHED = ("urllib3", "requests", "sfconnector")
_SOQL_TEXT = re.compile(
    r"'(?:[^'\\]|\\.)*+\\?(?:'|\Z)"
    r"|%27(?:%5C(?:%[0-9A-F]{2}|.)?|(?!%27|%5C).)*+(?:%27|\Z)",
    re.IGNORECASE | re.DOTALL,
)
"""A text, plain or percent-encoded; one that is not closed reaches to the end."""
_LONGEST_PATH = 1_000


def redact(text: str) -> str:
    """Mask everything in a text that looks like a secret of OAuth or Salesforce."""
    for pattern in _PATTERNS:
        text = pattern.sub(rf"\g<1>{MASK}", text)
    return _without_jwt(text)


def redact_tokens(text: str) -> str:
    """Mask only what has the form of a token; everything else is left as it reads."""
    if "00D" in text or "5Aep" in text:  # answers are long, and few texts hold either
        for pattern in _TOKENS:
            text = pattern.sub(rf"\g<1>{MASK}", text)
    return _without_jwt(text)


def may_hold_tokens(body: bytes) -> bool:
    """Tell whether a JSON body could hold what ``redact_tokens`` masks.

    Escapes such as ``\\u0030`` write the signs of a token in another way.
    """
    return b"\\u" in body or any(sign in body for sign in _SIGNS)


def redact_path(path: str) -> str:
    """Mask secrets, e-mail addresses and the texts of SOQL; cut what is very long."""
    place, mark, query = path.partition("?")
    if mark:
        query = _SOQL_TEXT.sub("'?'", redact(query))
    # A part of a path that is an e-mail address: an external id, say.
    parts = (
        "?" if "@" in part.replace("%40", "@") else part for part in place.split("/")
    )
    text = "/".join(parts) + mark + query
    return text if len(text) <= _LONGEST_PATH else text[: _LONGEST_PATH - 1] + "…"


def _without_jwt(text: str) -> str:
    return _RUN.sub(_masked_run, text) if "eyJ" in text else text


def _masked_run(found: re.Match[str]) -> str:
    """Mask a run from where a JWT begins: ``eyJ…`` before a dot."""
    parts = found[0].split(".")
    for number, part in enumerate(parts[:-1]):
        if head := _JWT.search(part):
            kept = ".".join([*parts[:number], part[: head.start() + 3]])
            return f"{kept}{MASK}"
    return found[0]


class RedactionFilter(logging.Filter):
    """Masks secrets in a record before any handler sees it.

    The OAuth libraries print request bodies and tokens at DEBUG, so of their records
    only the wording and the numbers are kept, never an argument.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; always let it pass."""
        if record.name.partition(".")[0] in _SILENCED:
            record.msg, record.args = _without_arguments(record), ()
        else:
            record.msg, record.args = redact(record.getMessage()), ()
        return True


def _without_arguments(record: logging.LogRecord) -> str:
    return re.sub(r"%[sdr]", MASK, str(record.msg))


def install() -> None:
    """Add the filter to the loggers that print requests; may be called again.

    A filter of a logger does not reach the loggers below it, so it is added to each
    of those that exist: call this after the libraries were imported.
    """
    for name in _names():
        logger = logging.getLogger(name)
        if not any(isinstance(one, RedactionFilter) for one in logger.filters):
            logger.addFilter(RedactionFilter())


def _names() -> list[str]:
    roots = _SILENCED + _WATCHED
    existing = logging.root.manager.loggerDict
    below = [name for name in existing if name.partition(".")[0] in roots]
    return [*roots, *below]
