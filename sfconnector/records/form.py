"""The normal form of a record's JSON: the same bytes, whichever way a record came.

It is what an org answers to the query of the fields: attributes, then each field in the
order of the query, nothing else, without spaces. Compound fields have their parts by
name. Parents have no attributes, for Bulk does not tell them; an empty text, and a
compound or a parent of nulls alone, are null, for Bulk cannot tell them from none.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from sfconnector import exact_json
from sfconnector.characters import clean_text, clean_value

Members: TypeAlias = "dict[str, Members | None]"
"""Fields in their order; a parent's name leads to its own fields."""


@dataclasses.dataclass(frozen=True)
class Form:
    """How the records of one object are written, for one choice of fields."""

    sobject: str
    fields: Sequence[str]
    """API names, ``Owner.Name`` for a parent's field; Id is among them."""
    version: str
    """The API version that the address of a record names."""

    @functools.cached_property
    def start(self) -> bytes:
        """Return how every record begins, up to its id."""
        kind = exact_json.dumps(self.sobject)
        url = f"/services/data/v{self.version}/sobjects/{self.sobject}/"
        return f'{{"attributes":{{"type":{kind},"url":"{url}'.encode()

    @functools.cached_property
    def members(self) -> Members:
        """Return the fields as a tree."""
        tree: Members = {}
        for name in self.fields:
            *path, last = name.split(".")
            here = tree
            for step in path:
                within = here.setdefault(step, {})
                if within is None:
                    raise ValueError(f"{step} is both a field and a parent")
                here = within
            here[last] = None
        return tree

    def write(
        self,
        record: Mapping[str, Any],
        *,
        record_id: str,
        cleaned: dict[str, list[str]] | None = None,
        stand_in: str = "",
    ) -> bytes:
        """Write a decoded record. Raises ValueError when a field is absent.

        ``cleaned`` notes its id under each field that held what no database stores;
        ``stand_in`` is that of ``characters.readable``.
        """
        dirty: set[str] = set()
        values = dict(_values(self.members, record, dirty, stand_in))
        values["Id"] = record_id
        if cleaned is not None:
            for name in dirty:
                cleaned.setdefault(name, []).append(record_id)
        body = exact_json.dumps(values)
        return b'%b%b"},%b' % (self.start, record_id.encode(), body[1:].encode())


def _values(
    members: Members,
    record: Mapping[str, Any],
    dirty: set[str],
    stand_in: str,
    path: str = "",
) -> Iterator[tuple[str, Any]]:
    found = by_name(members, record)
    for name, within in members.items():
        value = found[name]
        if within is not None:
            value = _parent(within, value, dirty, stand_in, f"{path}{name}.")
        else:
            clean = _cleaned(value, stand_in)
            if value not in ("", clean):
                dirty.add(path + name)
            value = _whole(clean) if isinstance(clean, dict) else clean
        yield name, value


def by_name(members: Iterable[str], record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the asked-for values under the names that were asked for.

    Names of fields have no case: an org may answer in another one.
    """
    if all(name in record for name in members):
        return record
    lower = {name.lower(): value for name, value in record.items()}
    absent = [name for name in members if name.lower() not in lower]
    if absent:
        raise ValueError(f"the field {', '.join(absent[:5])} is absent")
    return {name: lower[name.lower()] for name in members}


def _parent(
    members: Members, value: Any, dirty: set[str], stand_in: str, path: str
) -> dict[str, Any] | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise ValueError(f"{path[:-1]} is not an object")  # noqa: TRY004 - it is input
    return _whole(dict(_values(members, value, dirty, stand_in, path)), in_order=False)


def _whole(values: dict[str, Any], *, in_order: bool = True) -> dict[str, Any] | None:
    """Return an object without attributes, None when it holds nothing but nulls."""
    values.pop("attributes", None)
    if all(value is None for value in values.values()):
        return None
    return dict(sorted(values.items())) if in_order else values


def _cleaned(value: Any, stand_in: str) -> Any:
    if isinstance(value, str):
        # Salesforce has no empty texts: Bulk could not tell one from none.
        return clean_text(value, stand_in) or None
    if isinstance(value, dict):
        return {name: _cleaned(one, stand_in) for name, one in value.items()}
    if isinstance(value, list):
        return clean_value(value, stand_in)
    return value
