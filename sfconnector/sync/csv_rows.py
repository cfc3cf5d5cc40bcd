"""Rows of a Bulk result, typed by the describe, as the JSON that REST would give."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import repeat
from typing import Any

from sfconnector.exceptions import Corrupt
from sfconnector.records import Row
from sfconnector.records.rows import content_hash, rows_of
from sfconnector.sync.plan import COMPOUND, Shape
from sfconnector.sync.splitting import DELETED, LIVE, checked_ids, checked_stamps

NUMBERS = frozenset({"int", "long", "double", "currency", "percent"})
NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
Encode = Callable[[str], str]
_quote = json.encoder.encode_basestring


Group = Callable[[Sequence[str]], str]
"""Makes the JSON of a parent or a compound out of a line."""


class Rows:
    """Makes rows of a job's CSV. Made once per page, from its header.

    Whole columns are checked and written at a time, so that the loops run inside the
    interpreter: a cell costs a tenth of what a function call for it would.
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
        self._groups = _groups(shape, names, encoders)
        wanted = set(shape.fields)
        self._shown = [
            (place, f",{_quote(name)}:", encoders[place])
            for place, name in enumerate(names)
            if "." not in name and name in wanted
        ]
        url = f"/services/data/v{version}/sobjects/{shape.sobject}/"
        self._head = f'{{"attributes":{{"type":{_quote(shape.sobject)},"url":"{url}'

    def __call__(self, lines: Sequence[Sequence[str]]) -> list[Row]:
        """Return the rows of some lines. Raises Corrupt at one that is none."""
        try:
            return self._rows(lines) if lines else []
        except ValueError as error:
            raise Corrupt(f"A row of the Bulk answer is not one: {error}") from error

    def _rows(self, lines: Sequence[Sequence[str]]) -> list[Row]:
        columns = list(zip(*lines, strict=True))
        keys = checked_ids(columns[self._id])
        texts = self._texts(keys, columns)
        if self._groups:
            parts = (",".join(group(line) for group in self._groups) for line in lines)
            texts = [
                f"{text[:-1]},{part}}}" for text, part in zip(texts, parts, strict=True)
            ]
        states: Iterable[int] = repeat(LIVE)
        stamps: Iterable[str | None] = repeat(None)
        if self._deleted is not None:
            flags = columns[self._deleted]
            states = [DELETED if flag == "true" else LIVE for flag in flags]
        if self._stamp is not None:
            moments = _moments(columns[self._stamp])
            stamps = checked_stamps([moment or None for moment in moments])
        data = list(map(str.encode, texts))
        hashes = map(content_hash, data)
        return rows_of(keys, states, stamps, hashes, data)

    def _texts(
        self, keys: Sequence[str], columns: Sequence[Sequence[str]]
    ) -> list[str]:
        """Return the records' JSON: what stands between the cells, and the cells."""
        parts: list[Iterable[str]] = [repeat(self._head), keys]
        between = '"}'
        for place, name, encode in self._shown:
            cells, is_bare = _written(columns[place], encode)
            quote = '"' if is_bare else ""
            parts += [repeat(f"{between}{name}{quote}"), cells]
            between = quote
        parts.append(repeat(f"{between}}}"))
        return list(map("".join, zip(*parts, strict=False)))


def _written(column: Sequence[str], encode: Encode) -> tuple[Sequence[str], bool]:
    """Return a column's cells as JSON, and whether they still want their quotes."""
    if encode is _moment:
        column, encode = _moments(column), _quote
    has_nulls = "" in column
    if encode is _quote and _is_plain(column):
        if not has_nulls:
            return column, True
        return [f'"{cell}"' if cell else "null" for cell in column], False
    if encode is not _quote and _fits(column, encode):
        return [cell or "null" for cell in column] if has_nulls else column, False
    return [encode(cell) if cell else "null" for cell in column], False


def _is_plain(column: Sequence[str]) -> bool:
    """Tell whether nothing in a column is to be escaped."""
    text = "".join(column)
    return len(_quote(text)) == len(text) + 2


def _fits(column: Sequence[str], encode: Encode) -> bool:
    """Tell whether all cells of a column are JSON as they stand, or empty."""
    if encode is _boolean:
        return {"true", "false", ""}.issuperset(column)
    return all(map(NUMBER.fullmatch, filter(None, column)))


def _check_header(names: Sequence[str], columns: Sequence[str]) -> None:
    asked = [name.lower() for name in names]
    came = [name.lower() for name in columns]
    if came != asked:
        missing = ", ".join(sorted(set(asked) - set(came))[:5])
        raise Corrupt(
            "The columns of the Bulk answer are not those that were asked for"
            + (f"; missing: {missing}." if missing else ".")
        )


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


def _moments(column: Sequence[str]) -> Sequence[str]:
    """Write a column of moments as REST does, all at once where none has two lines."""
    lines = "\n".join([*column, ""])
    if lines.count("\n") != len(column):
        return [_moment_text(cell) for cell in column]
    return lines.replace("Z\n", "+0000\n").split("\n")[:-1]


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
