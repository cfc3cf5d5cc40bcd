"""Layouts over HTTP: pages, compact ones, those of approvals, and those with a name."""

from __future__ import annotations

from typing import Any

from salesforce_simulator import ids
from salesforce_simulator.metadata.layouts import Layouts, global_layouts
from salesforce_simulator.metadata.listviews import search_layout
from salesforce_simulator.rest.call import Call
from salesforce_simulator.rest.describe import unless_unchanged
from salesforce_simulator.rest.errors import RestError, not_found
from salesforce_simulator.schema import SObjectType
from salesforce_simulator.schema.objects import MASTER_RECORD_TYPE, NAMED_LAYOUTS
from salesforce_simulator.wire.messages import Response

MOST_OBJECTS = 100


def layouts(call: Call) -> Response:
    """``GET /sobjects/X/describe/layouts``; of ``Global``: the publisher's actions."""
    if call.params["sobject"].lower() == "global":
        return unless_unchanged(call, lambda: global_layouts(call.place, call.schema))
    one = _layoutable(call)
    return unless_unchanged(call, _of(call, one).describe)


def layout(call: Call) -> Response:
    """``GET /sobjects/X/describe/layouts/<record type>``: the layout alone."""
    one = _layoutable(call)
    _check_record_type(call)
    return unless_unchanged(call, _of(call, one).page)


def named(call: Call) -> Response:
    """``GET /sobjects/X/describe/namedLayouts/<name>``."""
    one = _layoutable(call)
    wanted = call.params["name"].lower()
    for name in NAMED_LAYOUTS.get(one.name, ()):
        if name.lower() == wanted:
            return unless_unchanged(call, lambda: _of(call, one).describe(name))  # noqa: B023 - called at once
    raise not_found()


def compacts(call: Call) -> Response:
    """``GET /sobjects/X/describe/compactLayouts``."""
    return unless_unchanged(call, _of(call, _layoutable(call)).compacts)


def compact(call: Call) -> Response:
    """``…/compactLayouts/primary`` and ``…/compactLayouts/<record type>``."""
    one = _layoutable(call)
    if call.params["record_type"].lower() != "primary":
        _check_record_type(call)
    return unless_unchanged(call, _of(call, one).compact)


def compacts_of_many(call: Call) -> Response:
    """``GET /compactLayouts?q=Account,Contact``: the primary one of each object."""
    found = {one.name: _of(call, one).compact() for one in _asked(call)}
    return Response(200, value=found)


def of_search(call: Call) -> Response:
    """``GET /search/layout?q=Account,Contact``: what results of a search show."""
    found = [search_layout(call.schema, one) for one in _asked(call)]
    return Response(200, value=found)


def approvals(call: Call) -> Response:
    """``GET /sobjects/X/describe/approvalLayouts``: there is no approval process."""
    _layoutable(call)
    return unless_unchanged(call, lambda: {"approvalLayouts": []})


def _asked(call: Call) -> list[SObjectType]:
    """The objects that ``q`` names. Raises `RestError`."""
    names = [name.strip() for name in call.query.get("q", "").split(",")]
    names = [name for name in names if name]
    if not names or len(names) > MOST_OBJECTS:
        message = f"q must name between 1 and {MOST_OBJECTS} objects"
        raise RestError(400, "INVALID_PARAMETER", message)
    return [_checked(call.sobject(name)) for name in names]


def _of(call: Call, one: SObjectType) -> Layouts:
    return Layouts(call.place, call.schema, one)


def _layoutable(call: Call) -> SObjectType:
    return _checked(call.sobject())


def _checked(one: SObjectType) -> SObjectType:
    if not one.layoutable:
        raise not_found()
    return one


def _check_record_type(call: Call) -> None:
    asked: Any = call.params["record_type"]
    if not ids.is_id(asked) or not ids.same(asked, MASTER_RECORD_TYPE):
        raise not_found()
