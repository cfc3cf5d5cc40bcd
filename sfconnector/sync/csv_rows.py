"""Rows of a Bulk result, typed by the describe, as the JSON that REST would give."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from sfconnector.exceptions import Corrupt
from sfconnector.records import Row
from sfconnector.records.rows import content_hash
from sfconnector.sync.plan import COMPOUND, Shape
from sfconnector.sync.splitting import DELETED, LIVE, checked_id, checked_stamp

NUMBERS = frozenset({"int", "long", "double", "currency", "percent"})
NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
Encode = Callable[[str], str]
_quote = json.encoder.encode_basestring


Group = Callable[[Sequence[str]], str]
"""Makes the JSON of a parent or a compound out of a line."""


class Rows:
    """Makes rows of a job's CSV. Made once per page, from its header.

    The loops over columns run inside the interpreter: every text is quoted, those of
    other types are written over, and one template takes them all.
    """

    def __init__(self, shape: Shape, columns: Sequence[str], *, version: str) -> None:
        """Check the header. Raises Corrupt when it is not what was asked for."""
        names = list(shape.bulk_fields)
        _check_header(names, columns)
        types = {name.lower(): type_ for name, type_ in shape.types}
        encoders = {
            place: _encoder(types.get(name.lower(), ""))
            for place, name in enumerate(names)
        }
        self._id = names.index("Id")
        self._stamp = _place(names, shape.cursor_field)
        self._deleted = _place(names, "IsDeleted")
        self._others = [(p, e) for p, e in encoders.items() if e is not _quote]
        self._groups = _groups(shape, names, encoders)
        wanted = set(shape.fields)
        self._hidden = [
            place
            for place, name in enumerate(names)
            if "." in name or name not in wanted
        ]
        self._template = _template(shape, names, self._hidden, version=version)

    def __call__(self, lines: Sequence[Sequence[str]]) -> list[Row]:
        """Return the rows of some lines. Raises Corrupt at one that is none."""
        try:
            return [self._row(line) for line in lines]
        except ValueError as error:
            raise Corrupt(f"A row of the Bulk answer is not one: {error}") from error

    def _row(self, line: Sequence[str]) -> Row:
        key = line[self._id]
        if len(key) != 18 or not key.isalnum():
            key = checked_id(key)
        cells = list(map(_quote, line))
        for place, encode in self._others:
            if line[place]:
                cells[place] = encode(line[place])
        for place in self._hidden:
            cells[place] = ""
        # An empty text is null, and nothing else puts two quotes after a colon:
        # those within a text are escaped.
        text = (self._template % (key, *cells)).replace(':""', ":null")
        if self._groups:
            parts = ",".join(group(line) for group in self._groups)
            text = f"{text[:-1]},{parts}}}"
        stamp = line[self._stamp] if self._stamp is not None else ""
        is_deleted = self._deleted is not None and line[self._deleted] == "true"
        return Row(
            key,
            DELETED if is_deleted else LIVE,
            checked_stamp(_moment_text(stamp)) if stamp else None,
            content_hash(text.encode()),
            text,
        )


def _check_header(names: Sequence[str], columns: Sequence[str]) -> None:
    asked = [name.lower() for name in names]
    came = [name.lower() for name in columns]
    if came != asked:
        missing = ", ".join(sorted(set(asked) - set(came))[:5])
        raise Corrupt(
            "The columns of the Bulk answer are not those that were asked for"
            + (f"; missing: {missing}." if missing else ".")
        )


def _template(
    shape: Shape, names: Sequence[str], hidden: Collection[int], *, version: str
) -> str:
    """Return what a record looks like, with a place for its id and for each cell."""
    url = f"/services/data/v{version}/sobjects/{shape.sobject}/%s"
    head = f'{{"attributes":{{"type":{_quote(shape.sobject)},"url":"{url}"}}'
    cells = [
        "%s" if place in hidden else f",{_quote(name)}:%s"
        for place, name in enumerate(names)
    ]
    return f"{head}{''.join(cells)}}}"


def _place(names: Sequence[str], name: str) -> int | None:
    return names.index(name) if name in names else None


def _encoder(type_: str) -> Encode:
    if type_ in NUMBERS:
        return _number
    if type_ == "boolean":
        return _boolean
    return _moment if type_ == "datetime" else _quote


def _number(text: str) -> str:
    """Return a number's own digits as JSON: no float stands in between."""
    if NUMBER.fullmatch(text):
        return text
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text[:40]!r} is not a number") from None
    if not value.is_finite():
        raise ValueError(f"{text[:40]!r} is not a number")
    return format(value, "f")


def _boolean(text: str) -> str:
    lower = text.lower()
    if lower not in ("true", "false"):
        raise ValueError(f"{text[:40]!r} is neither true nor false")
    return lower


def _moment(text: str) -> str:
    return _quote(_moment_text(text))


def _moment_text(text: str) -> str:
    """Write a moment as REST does: Bulk ends it in Z."""
    return f"{text[:-1]}+0000" if text.endswith("Z") else text


def _groups(
    shape: Shape, names: Sequence[str], encoders: Mapping[int, Encode]
) -> list[Group]:
    """Return what makes the parents' objects and the compounds of a record."""
    types = dict(shape.types)
    # A person's Name has parts as well, but is itself one text.
    wanted = {name for name in shape.fields if types.get(name) in COMPOUND}
    parts_of = {part: whole for part, whole in shape.compounds if whole in wanted}
    parents: list[tuple[int, str, Encode]] = []
    wholes: dict[str, list[tuple[int, str, Encode]]] = {}
    for place, name in enumerate(names):
        if "." in name:
            parents.append((place, name, encoders[place]))
        elif name in parts_of:
            whole = parts_of[name]
            key = f"{_quote(part_key(name, whole))}:"
            wholes.setdefault(whole, []).append((place, key, encoders[place]))
    groups = [_compound(whole, parts) for whole, parts in wholes.items()]
    return groups + _parents(parents)


def part_key(part: str, whole: str) -> str:
    """Return the name that a part has within its compound.

    ``BillingStateCode`` is ``stateCode`` of BillingAddress, ``Place__Latitude__s`` is
    ``latitude`` of Place__c.
    """
    if whole.endswith("__c"):
        name = part.removeprefix(whole[:-3]).strip("_").removesuffix("__s")
    else:
        name = part.removeprefix(whole.removesuffix("Address").removesuffix("Name"))
    return name[:1].lower() + name[1:]


def _compound(whole: str, parts: Sequence[tuple[int, str, Encode]]) -> Group:
    ordered = sorted(parts, key=lambda part: part[1])

    def group(line: Sequence[str]) -> str:
        if not any(line[place] for place, _, _ in ordered):
            return f"{_quote(whole)}:null"
        inner = ",".join(
            key + (encode(line[place]) if line[place] else "null")
            for place, key, encode in ordered
        )
        return f"{_quote(whole)}:{{{inner}}}"

    return group


def _parents(cells: Sequence[tuple[int, str, Encode]]) -> list[Group]:
    """Return one group per first relationship, nested as deep as its names go."""
    if not cells:
        return []

    def group(line: Sequence[str]) -> str:
        tree: dict[str, Any] = {}
        for place, name, encode in cells:
            *path, last = name.split(".")
            here = tree
            for step in path:
                here = here.setdefault(step, {})
            here[last] = json.loads(encode(line[place])) if line[place] else None
        return json.dumps(_nulls(tree), ensure_ascii=False)[1:-1]

    return [group]


def _nulls(tree: dict[str, Any]) -> dict[str, Any]:
    """Write null for a parent of which nothing is known, as REST does."""
    nested = {
        name: _nulls(value) if isinstance(value, dict) else value
        for name, value in tree.items()
    }
    return {
        name: None
        if isinstance(value, dict) and not any(v is not None for v in value.values())
        else value
        for name, value in nested.items()
    }
