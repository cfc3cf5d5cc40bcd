"""What no answer may show: masked fields, and whatever has the form of a token."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any
from urllib.parse import unquote_plus

from sfconnector.exceptions import InvalidRequest
from sfconnector.models import Org, SField
from sfconnector.salesforce.redaction import redact_tokens
from sfconnector.secret import MASK

DEEPEST = 60
"""Levels of an answer that are kept; nothing of the API is nested so deeply."""
_TEXTS = re.compile(r"'(?:\\.|[^'\\])*'")
_WORD = re.compile(r"[A-Za-z]\w*")


class Mask:
    """The masked fields of one org, kept out of calls and of answers."""

    def __init__(self, org: Org) -> None:
        self._owners: dict[str, set[str]] = defaultdict(set)
        masked = SField.objects.filter(sobject__org=org, is_masked=True)
        for owner, name in masked.values_list("sobject__name", "name"):
            self._owners[name.lower()].add(owner)

    def refuse(self, *texts: str) -> None:
        """Raise InvalidRequest when a path, a query or a body names a masked field.

        A name is refused for any object, because an alias or a condition would bring
        out what the answer hides.
        """
        if not self._owners:
            return
        for text in texts:
            for word in _WORD.findall(_TEXTS.sub("''", unquote_plus(text))):
                if word.lower() in self._owners:
                    raise InvalidRequest(
                        f"The field {word} is masked on this site.",
                        remedy="Take it out; who may change objects can unmask it.",
                    )

    def hide(self, value: Any, depth: int = 0) -> Any:
        """Return a decoded answer without masked values and tokens."""
        if isinstance(value, str):
            return redact_tokens(value)
        if not isinstance(value, dict | list):
            return value
        if depth > DEEPEST:
            return "…"
        if isinstance(value, list):
            return [self.hide(one, depth + 1) for one in value]
        kind = _kind_of(value)
        return {
            name: MASK if self._hides(name, kind) else self.hide(one, depth + 1)
            for name, one in value.items()
        }

    def _hides(self, name: str, kind: str) -> bool:
        owners = self._owners.get(name.lower())
        return bool(owners) and (not kind or kind in (owners or ()))


def _kind_of(value: dict[str, Any]) -> str:
    """Return the object that a record says it is, "" for anything else."""
    attributes = value.get("attributes")
    kind = attributes.get("type") if isinstance(attributes, dict) else None
    return kind if isinstance(kind, str) else ""
