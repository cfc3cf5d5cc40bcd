"""What every reader refuses: ids that are none, moments that are none, wrong bodies."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from sfconnector.exceptions import Corrupt
from sfconnector.models import Record
from sfconnector.salesforce import ids
from sfconnector.salesforce.bodies import start_of
from sfconnector.texts import gettext_noop as _

LIVE, DELETED = Record.State.LIVE.value, Record.State.DELETED.value
STAMP = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|\+0000)", re.ASCII
)
STAMPS = re.compile(rf"(?:{STAMP.pattern}\n)*", re.ASCII)
"""Many at once, each a line: one after another takes several times as long."""
MISFIT = "value_of_another_type"
"""Code of a Corrupt: a value is not of the type that the describe says."""
NO_ID = "0" * 15
"""How the id begins that big objects give in place of one."""


class MisfitError(ValueError):
    """A value is not of the type that the describe says."""


def refused(body: bytes, error: Exception) -> Corrupt:
    """Return the error of a page that is not what was asked for."""
    what = "JSON" if isinstance(error, json.JSONDecodeError) else "what was asked"
    corrupt = Corrupt(
        _("A page of records is not {what}: {error}").format(what=what, error=error)
    )
    corrupt.excerpt = start_of(body)
    return corrupt


def checked_ids(values: Sequence[Any]) -> Sequence[str]:
    """Return record ids with 18 characters; ValueError when one is no id."""
    if {str}.issuperset(map(type, values)) and {18}.issuperset(map(len, values)):
        together = "".join(values)
        # Zeros are what big objects give in place of an id.
        if together.isalnum() and NO_ID not in together:
            return values
    return [_checked_id(value) for value in values]


def _checked_id(value: Any) -> str:
    if isinstance(value, str) and ids.is_id(value) and not value.startswith(NO_ID):
        return value if len(value) == 18 else ids.to_18(value)
    raise ValueError("a record without an Id")


def checked_stamps(values: Sequence[Any]) -> Sequence[str | None]:
    """Return timestamps as they are; ValueError when one is neither that nor null."""
    present = [value for value in values if value is not None]
    if {str}.issuperset(map(type, present)):
        lines = "\n".join([*present, ""])
        if lines.count("\n") == len(present) and STAMPS.fullmatch(lines):
            return values
    for value in present:
        if not (type(value) is str and STAMP.fullmatch(value)):
            raise ValueError(f"{value!r:.40} is not a timestamp")
    return values
