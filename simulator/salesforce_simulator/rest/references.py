"""``@{ref.field}``: answers of earlier subrequests used in later ones."""

from __future__ import annotations

import re
from typing import Any

from salesforce_simulator.rest.errors import RestError

_REFERENCE = re.compile(r"@\{([A-Za-z0-9_-]+)((?:\.[A-Za-z0-9_]+|\[\d+\])*)\}")
_STEP = re.compile(r"\.([A-Za-z0-9_]+)|\[(\d+)\]")


def resolve(value: Any, answers: dict[str, Any]) -> Any:
    """The value with each reference replaced by what it points to.

    Raises `RestError` for a reference that leads nowhere.
    """
    if isinstance(value, dict):
        return {resolve(k, answers): resolve(v, answers) for k, v in value.items()}
    if isinstance(value, list):
        return [resolve(item, answers) for item in value]
    if not isinstance(value, str) or "@{" not in value:
        return value
    whole = _REFERENCE.fullmatch(value)
    if whole:
        return _follow(whole, answers)
    return _REFERENCE.sub(lambda match: str(_follow(match, answers)), value)


def _follow(match: re.Match[str], answers: dict[str, Any]) -> Any:
    name, path = match[1], match[2]
    try:
        found = answers[name]
        for step in _STEP.finditer(path):
            found = found[int(step[2])] if step[2] else _key(found, step[1])
    except (KeyError, IndexError, TypeError):
        message = f"Invalid reference specified. No value for {match[0][2:-1]} found"
        raise RestError(400, "PROCESSING_HALTED", message) from None
    return found


def _key(found: Any, name: str) -> Any:
    if name in found:
        return found[name]
    lowered = {str(key).lower(): value for key, value in found.items()}
    return lowered[name.lower()]
