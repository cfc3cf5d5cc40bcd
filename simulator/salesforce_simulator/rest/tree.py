"""``POST /composite/tree/X``: records with their children, all or none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from salesforce_simulator.rest.call import Call
from salesforce_simulator.rest.errors import RestError, item_error, malformed
from salesforce_simulator.schema import SObjectType
from salesforce_simulator.store.errors import StoreError
from salesforce_simulator.wire.messages import Response

MAX_RECORDS, MAX_LEVELS, MAX_TYPES = 200, 5, 5
Item = dict[str, Any]


@dataclass
class _Node:
    """One record of the tree and where it hangs."""

    one: SObjectType
    reference: str
    values: Item
    parent: _Node | None = None
    parent_field: str = ""
    record_id: str = ""


def tree(call: Call) -> Response:
    """201 with the new ids, or 400 with the errors and nothing written."""
    records = call.object_body().get("records")
    if not isinstance(records, list) or not records:
        raise malformed("records must be an array with at least one record")
    nodes = list(_nodes(call, call.sobject(), records, parent=None, level=1))
    if len(nodes) > MAX_RECORDS:
        message = f"At most {MAX_RECORDS} records are allowed in a tree."
        raise RestError(400, "LIMIT_EXCEEDED", message)
    if len({node.one.name for node in nodes}) > MAX_TYPES:
        message = f"At most {MAX_TYPES} object types are allowed in a tree."
        raise RestError(400, "LIMIT_EXCEEDED", message)
    errors: list[Item] = []
    try:
        with call.store.atomic():
            for node in nodes:
                _insert(call, node, errors)
            if errors:
                raise StoreError("PROCESSING_HALTED", "rolled back")
    except StoreError:
        return Response(400, value={"hasErrors": True, "results": errors})
    results = [{"referenceId": n.reference, "id": n.record_id} for n in nodes]
    return Response(201, value={"hasErrors": False, "results": results})


def _insert(call: Call, node: _Node, errors: list[Item]) -> None:
    values = dict(node.values)
    if node.parent is not None:
        if not node.parent.record_id:
            return
        values[node.parent_field] = node.parent.record_id
    try:
        node.record_id = str(call.insert(node.one, values)["Id"])
    except StoreError as error:
        entry = {"referenceId": node.reference, "errors": [item_error(error)]}
        errors.append(entry)


def _nodes(
    call: Call,
    one: SObjectType,
    records: list[Any],
    *,
    parent: _Node | None,
    level: int,
    parent_field: str = "",
) -> Iterator[_Node]:
    """The records parents first, so that an id is there before it is needed."""
    if level > MAX_LEVELS:
        message = f"At most {MAX_LEVELS} levels are allowed in a tree."
        raise RestError(400, "LIMIT_EXCEEDED", message)
    for record in records:
        node, children = _node(one, record)
        node.parent, node.parent_field = parent, parent_field
        yield node
        for name, value in children.items():
            relation = one.child(name)
            child = call.schema.object(relation.child_sobject) if relation else None
            if relation is None or child is None:
                message = f"No such relation '{name}' on sobject of type {one.name}"
                raise RestError(400, "INVALID_FIELD", message)
            yield from _nodes(
                call,
                child,
                value.get("records") or [],
                parent=node,
                level=level + 1,
                parent_field=relation.field,
            )


def _node(one: SObjectType, record: Any) -> tuple[_Node, Item]:
    attributes = record.get("attributes") if isinstance(record, dict) else None
    known = isinstance(attributes, dict) and attributes.get("referenceId")
    if not known:
        message = "Include a reference ID for each record in the request."
        raise RestError(400, "INVALID_INPUT", message)
    children = {k: v for k, v in record.items() if _is_list(v)}
    skipped = {"attributes", *children}
    values = {k: v for k, v in record.items() if k not in skipped}
    return _Node(one, str(known), values), children


def _is_list(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("records"), list)
