"""What an address answers: records, facts without values, or what is not known."""

from __future__ import annotations

import enum
from typing import Any

from sfconnector.catalog import AGGREGATE, Masks, kind_of
from sfconnector.gateway.addresses import READING, parameters_of, steps_of
from sfconnector.gateway.call import Request
from sfconnector.gateway.parts import LISTS, parts_of
from sfconnector.secret import MASK

NOT_SHOWN = (
    "Not shown: this answer cannot be tied to an object, and fields of this org are "
    "masked. Ask by SOQL, or read single records."
)
FACTS = frozenset({"limits", "theme", "tabs", "appmenu", "jobs"})
FACTS_OF_OBJECT = frozenset({"describe", "updated", "deleted"})
RECORDS = frozenset({"query", "queryall", "recent"})
OTHER_OF_OBJECT = frozenset({"listviews", "quickactions", "richtextimagefields"})
ROWS = frozenset({"records", "recentItems"})
"""Keys whose lists hold records."""


class Shape(enum.Enum):
    """What an address answers, as far as masks are concerned."""

    FACTS = "no values of records"
    RECORDS = "records that say their object"
    SEARCH = "records found by any value"
    PARTS = "the answers of several calls"
    OTHER = "anything"


def shape_of(call: Request) -> Shape:
    """Return what a call answers."""
    steps = [step.lower() for step in steps_of(call.path)]
    if steps[:1] == ["tooling"]:
        steps = steps[1:]
    if not call.path.startswith("/services/data"):
        return Shape.OTHER
    if "/".join(steps) in LISTS:
        return Shape.PARTS
    return _of_steps(steps, is_read=call.method.upper() in READING)


def _of_steps(steps: list[str], *, is_read: bool) -> Shape:
    first, rest = (steps[0] if steps else ""), steps[1:]
    if first in {"search", "parameterizedsearch"}:
        return Shape.SEARCH
    if first == "sobjects":
        return _of_object(rest, is_read=is_read)
    if first == "composite":
        return _of_collections(rest, is_read=is_read)
    if first in RECORDS:
        return Shape.RECORDS
    has_results = any("results" in step for step in rest)
    is_fact = not steps or (first in FACTS and not has_results)
    return Shape.FACTS if is_fact else Shape.OTHER


def _of_object(rest: list[str], *, is_read: bool) -> Shape:
    """Tell objects and describes from records; rest is what follows ``sobjects``."""
    second = rest[1] if len(rest) > 1 else ""
    if second in OTHER_OF_OBJECT or rest[:1] == ["quickactions"]:
        return Shape.OTHER
    if not rest or second in FACTS_OF_OBJECT or not is_read:
        return Shape.FACTS
    return Shape.RECORDS


def _of_collections(rest: list[str], *, is_read: bool) -> Shape:
    if rest[:1] == ["tree"] or (rest[:1] == ["sobjects"] and not is_read):
        return Shape.FACTS
    return Shape.RECORDS if rest[:1] == ["sobjects"] else Shape.OTHER


def clean(call: Request, body: Any, *, masks: Masks, is_refusal: bool) -> Any:
    """Return the decoded answer of a call without what may not be seen.

    A refusal holds a code and a sentence, in place of records.
    """
    if not masks or (is_refusal and _is_refusal(body)):
        return body
    shape = shape_of(call)
    if shape is Shape.PARTS:
        return _clean_parts(call, body, masks=masks)
    if shape is Shape.FACTS:
        return body
    if shape is not Shape.RECORDS:
        return NOT_SHOWN
    asks = any(name.lower() == "q" for name, _value in parameters_of(call.path))
    tied = _tied(body, trusts_aliases=asks, is_row=isinstance(body, list))
    return masks.clean(tied)


def _clean_parts(call: Request, body: Any, *, masks: Masks) -> Any:
    """Show the answers of a composite request when each of its parts may be shown."""
    parts = parts_of(call)
    shapes = {shape_of(part) for part in parts}
    if not parts or not shapes <= {Shape.FACTS, Shape.RECORDS}:
        return NOT_SHOWN
    if shapes == {Shape.FACTS}:
        return body
    asks = all(
        any(name.lower() == "q" for name, _value in parameters_of(part.path))
        for part in parts
    )
    return masks.clean(_tied(body, trusts_aliases=asks))


def _tied(value: Any, *, trusts_aliases: bool, is_row: bool = False) -> Any:
    """Hide the values of rows that do not say which object they are of.

    Rows of groups have aliases for keys: only those of a query that was read are known.
    """
    if isinstance(value, list):
        return [
            _tied(one, trusts_aliases=trusts_aliases, is_row=is_row) for one in value
        ]
    if not isinstance(value, dict):
        return value
    kind = kind_of(value)
    if is_row and (not kind or (kind == AGGREGATE and not trusts_aliases)):
        return dict.fromkeys(value, MASK)
    return {
        name: _tied(one, trusts_aliases=trusts_aliases, is_row=name in ROWS)
        for name, one in value.items()
    }


def _is_refusal(body: Any) -> bool:
    """Tell whether a body is a list of errors as the REST API writes them."""
    return isinstance(body, list) and all(
        isinstance(one, dict) and isinstance(one.get("errorCode"), str) for one in body
    )
