"""Writes the app's own log lines as JSON where the setting ``LOG_FORMAT`` says so."""

from __future__ import annotations

import logging
from typing import Any

from sfconnector import conf, logs
from sfconnector.salesforce import redaction

JSON = "json"


def install() -> None:
    """Add the handler, or take it away; may be called again.

    The lines go to standard error and not through the host's handlers any more: each
    comes once.
    """
    ours = logging.getLogger("sfconnector")
    for handler in [one for one in ours.handlers if isinstance(one, _JsonHandler)]:
        ours.removeHandler(handler)
        ours.propagate = True
        if handler.has_set_level:
            ours.setLevel(logging.NOTSET)
    if conf.current().log_format == JSON:
        handler = _JsonHandler()
        ours.addHandler(handler)
        ours.propagate = False
        if ours.level == logging.NOTSET:
            handler.has_set_level = True
            ours.setLevel(logging.INFO)


class _JsonHandler(logging.StreamHandler[Any]):
    """Ours, so that it is found again."""

    has_set_level = False

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logs.JsonLines())
        self.addFilter(logs.Context())
        self.addFilter(redaction.RedactionFilter())
