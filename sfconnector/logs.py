"""One log line for what an operator must not miss: ends of runs, changes of status.

Each says what happened in ``key=value`` pairs; the same values are in the record's
``sfconnector`` attribute, for formatters that write JSON. A text that Salesforce or a
person worded is in no line: it stands in the row that the ids name.

``Context`` puts org, plan and run into every record that is made while a run is worked
on, also those of other libraries; ``JsonLines`` writes records as JSON.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.db import router, transaction

NAMES = ("org", "alias", "plan", "run")
"""What a record is told of: the org by number and alias, plan and run by number."""
_about: ContextVar[Mapping[str, Any]] = ContextVar("sfconnector_about", default={})  # noqa: B039 - never written to
logger = logging.getLogger("sfconnector.events")


def tell(event: str, values: Mapping[str, Any], *, is_bad: bool = False) -> None:
    """Write the line once the transaction is committed that made it true.

    Values that are empty are left out; bad news is an error, other news is information.
    """
    told = {name: value for name, value in values.items() if value not in (None, "")}
    level = logging.ERROR if is_bad else logging.INFO
    pairs = " ".join(f"{name}={_quoted(value)}" for name, value in told.items())
    extra = {"sfconnector": {"event": event, **told}}

    def write() -> None:
        logger.log(level, "%s %s", event, pairs, extra=extra)

    # As ``transactions.alias`` does, which is above the models that tell.
    alias = router.db_for_write(apps.get_model("sfconnector", "Org"))
    transaction.on_commit(write, using=alias, robust=True)


def _quoted(value: object) -> str:
    """Return a value as one word, or in quotes; no line can be forged through it."""
    text = str(value)
    is_word = text.isprintable() and not set(text) & set(" ='\"")
    return text if is_word else ascii(text)


@contextmanager
def about(**values: Any) -> Iterator[None]:
    """Say what work the records are about that are made meanwhile in this context."""
    token = _about.set({**_about.get(), **values})
    try:
        yield
    finally:
        _about.reset(token)


class Context(logging.Filter):
    """Puts ``sf_org``, ``sf_alias``, ``sf_plan`` and ``sf_run`` into records, or ``-``.

    To be added to a handler, so that records of all libraries have them.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Write the values into the record; always let it pass."""
        known = _about.get()
        for name in NAMES:
            setattr(record, f"sf_{name}", known.get(name, "-"))
        return True


class JsonLines(logging.Formatter):
    """Writes time, level, logger and message, and what a record is about."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON."""
        known = {name: getattr(record, f"sf_{name}", "-") for name in NAMES}
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in known.items() if value != "-"},
            **getattr(record, "sfconnector", {}),
        }
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return json.dumps(told, default=str, ensure_ascii=False)
