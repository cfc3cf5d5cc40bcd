"""The same record gives the same bytes: by REST, by REST in groups, by Bulk."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfconnector import exact_json
from sfconnector.records import Row
from sfconnector.salesforce.bulk.csv_pieces import RowReader
from sfconnector.salesforce.types import RawPage
from sfconnector.sync.readers import wide
from sfconnector.sync.readers.csv_rows import Rows
from sfconnector.sync.readers.pieces import scanning_splitter, splitter_for
from sfconnector.sync.readers.rest import Reader
from sfconnector.sync.readers.splitting import Cutter
from sfconnector.sync.shape import Field, Shape, make_shape

VERSION = "66.0"
STAMP = "2026-05-01T07:25:37.000"
PARTS = (
    *("city", "country", "geocodeAccuracy", "latitude", "longitude"),
    *("postalCode", "state", "street"),
)
COMPOUNDS = (
    ("Place", "Place", ""),
    ("Depot__c", "Depot__", "__s"),
    ("Spot__c", "Spot__", "__s"),
)
"""What stands before and behind the names of their parts, where they are fields."""
SPLITTERS = {
    "at one look": lambda _shape: None,  # as long as that does
    "msgspec": splitter_for,
    "standard library": scanning_splitter,
}
both = pytest.mark.parametrize("splitter", SPLITTERS.values(), ids=SPLITTERS)

texts = st.text(st.characters(codec=None), min_size=1, max_size=12)
"""What people type, and NUL and halves of characters, which orgs were seen to send."""
numbers = st.decimals(allow_nan=False, allow_infinity=False, places=None).filter(
    lambda number: abs(number.adjusted()) < 30
)
TEXTS = (
    *("anyType", "combobox", "datacategorygroupreference", "email", "encryptedstring"),
    *("id", "multipicklist", "phone", "picklist", "reference", "string", "textarea"),
    *("json", "url"),
)
DECIMALS = ("currency", "double", "percent")
TYPES = (*TEXTS, *DECIMALS, "boolean", "int", "long", "date", "datetime", "time")
WIDTHS = st.sampled_from([1, 3, 20, 300])
"""Numbers of fields; all up to 800 take minutes."""


class Org:
    """What a pretend org holds: a schema of any width, and some records of it.

    The odd texts and numbers are drawn, so that they shrink; the rest is random.
    """

    def __init__(self, data: st.DataObject, widths: Any = WIDTHS) -> None:
        self.random = Random(data.draw(st.integers(0, 2**32)))
        self.texts = data.draw(st.lists(texts, min_size=1, max_size=5))
        self.numbers = data.draw(st.lists(numbers, min_size=1, max_size=5))
        width = data.draw(widths)
        kinds = [self.random.choice(TYPES) for _ in range(width)]
        names = [f"F{n}{'x' * (n % 7)}__c" for n in range(width)]
        described = [
            Field("Id", "id"),
            Field("IsDeleted", "boolean"),
            Field("SystemModstamp", "datetime"),
            Field("OwnerId", "reference", relationship="Owner"),
            *map(Field, names, kinds),
        ]
        if self.random.random() < 0.5:
            described += _address()
            names += ["Place", "PlaceCity"]
        if self.random.random() < 0.5:
            described += _custom()
            names += ["Depot__c", "Spot__c", "Spot__Latitude__s"]
        if self.random.random() < 0.5:
            names += ["Owner.Email", "Owner.Manager.Name", "owner.Title"]
        self.types = dict(zip(names, kinds, strict=False))
        self.shape = make_shape("Thing__c", described, chosen=names)
        count = self.random.randint(1, 4)
        self.records = [self._record(number) for number in range(count)]

    def _record(self, number: int) -> dict[str, Any]:
        record = {
            name: self._value(self.types.get(name, "string"))
            for name in self.shape.fields
        }
        record |= {
            "Id": f"a00{number:012d}AAA",
            "IsDeleted": self.random.random() < 0.5,
            "SystemModstamp": f"{STAMP}+0000",
        }
        if "Place" in record:
            place = {
                part: self._value("double" if part.endswith("tude") else "string")
                for part in PARTS
            }
            record |= {"Place": place, "PlaceCity": place["city"]}
        if "Spot__c" in record:
            spot = {part: self._value("double") for part in ("latitude", "longitude")}
            depot = dict.fromkeys(PARTS)  # by the alphabet, as orgs write them
            depot |= {part: self._value("string") for part in ("postalCode", "street")}
            record |= {"Spot__c": spot, "Spot__Latitude__s": spot["latitude"]}
            record |= {"Depot__c": depot}
        return record

    def _value(self, kind: str) -> Any:
        if self.random.random() < 0.3:
            return None
        if kind in DECIMALS:
            return self.random.choice(self.numbers)
        return {
            "boolean": self.random.random() < 0.5,
            "int": self.random.randint(-(10**9), 10**9),
            "long": self.random.randint(-(10**15), 10**15),
            "time": "07:25:37.000Z",
            "date": "2026-05-24",
            "datetime": f"{STAMP}+0000",
        }.get(kind, self.random.choice(self.texts))


def _address() -> list[Field]:
    kinds = {"latitude": "double", "longitude": "double"}
    parts = [
        Field(
            f"Place{part[0].upper()}{part[1:]}",
            kinds.get(part, "string"),
            compound="Place",
        )
        for part in PARTS
    ]
    return [Field("Place", "address"), *parts]


def _custom() -> list[Field]:
    """Describe an address and a location of an administrator's own."""
    return [
        Field("Depot__c", "address"),
        Field("Depot__PostalCode__s", "string", compound="Depot__c"),
        Field("Depot__Street__s", "textarea", compound="Depot__c"),
        Field("Spot__c", "location"),
        Field("Spot__Latitude__s", "double", compound="Spot__c"),
        Field("Spot__Longitude__s", "double", compound="Spot__c"),
    ]


def spelled(chance: Random, number: Decimal) -> str:
    """Spell a number in one of the ways in which orgs do."""
    plain = exact_json.plain(number)
    more = plain + ("0" if "." in plain else ".0")
    return chance.choice([plain, more, f"{number:E}".replace("E+", "E")])


def as_tree(record: dict[str, Any], fields: Any) -> dict[str, Any]:
    """Lay fields out as an org does: a parent, an address of nulls alone is null."""
    tree: dict[str, Any] = {"attributes": attributes("Thing__c", record["Id"])}
    for name in fields:
        *path, last = name.split(".")
        here = tree
        for step in path:
            user = {"attributes": attributes("User", record["Id"])}
            here = here.setdefault(step, user)
        here[last] = nothing(record[name])
    if isinstance(tree.get("Owner"), dict):
        tree["Owner"] = {key: nothing(one) for key, one in tree["Owner"].items()}
    return tree


def nothing(value: Any) -> Any:
    """Return None for an object of nulls alone."""
    if not isinstance(value, dict) or "url" in value:
        return value
    told = (one for key, one in value.items() if key != "attributes")
    return value if any(one is not None for one in told) else None


def as_rest(chance: Random, record: dict[str, Any], fields: Any) -> str:
    """Write a record as an org does in JSON."""

    def write(value: Any) -> str:
        if isinstance(value, dict):
            inner = (f"{json.dumps(key)}:{write(one)}" for key, one in value.items())
            return "{" + ",".join(inner) + "}"
        if isinstance(value, Decimal):
            return spelled(chance, value)
        return json.dumps(
            value, ensure_ascii=chance.random() < 0.5 or not encodes(value)
        )

    return write(as_tree(record, fields))


def encodes(value: Any) -> bool:
    try:
        str(value).encode()
    except UnicodeEncodeError:
        return False
    return True


def attributes(kind: str, key: str) -> dict[str, str]:
    return {"type": kind, "url": f"/services/data/v{VERSION}/sobjects/{kind}/{key}"}


def page(chance: Random, records: list[dict[str, Any]], fields: Any) -> RawPage:
    rows = ",".join(as_rest(chance, record, fields) for record in records)
    head = f'{{"totalSize":{len(records)},"done":true,"records":['
    content = f"{head}{rows}]}}".encode()
    return RawPage(content=content, total_size=len(records), done=True, next_url=None)


def as_csv(chance: Random, shape: Shape, records: list[dict[str, Any]]) -> bytes:
    """Write the result of a Bulk job as an org does."""
    names = list(shape.bulk_fields)
    if chance.random() < 0.5:  # up to version 49
        names = sorted(names)
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(name.upper() if chance.random() < 0.5 else name for name in names)
    for record in records:
        flat = {
            before + part[0].upper() + part[1:] + after: value
            for whole, before, after in COMPOUNDS
            for part, value in record.get(whole, {}).items()
        }
        writer.writerow(cell(chance, {**record, **flat}[name]) for name in names)
    return out.getvalue().encode("utf-8", "surrogatepass")


def cell(chance: Random, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return spelled(chance, value)
    return (
        str(value).replace("+0000", "Z") if str(value).startswith(STAMP) else str(value)
    )


def by_bulk(shape: Shape, body: bytes) -> tuple[list[Row], Mapping[str, Sequence[str]]]:
    reader = RowReader([body])
    read = Rows(shape, reader.columns, version=VERSION)
    rows = [row for columns in reader.by_column() for row in read(columns)]
    return rows, told(read.asked(reader.take_cleaned()))


def told(cleaned: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
    """Bulk notes rows by what was odd in them, not in their order."""
    return {name: sorted(keys) for name, keys in cleaned.items()}


def in_groups(
    chance: Random, shape: Shape, records: list[dict[str, Any]]
) -> tuple[list[Row], Mapping[str, Sequence[str]]]:
    """Read the fields by several queries, as when they do not fit into one."""
    keys = [n for n in ("Id", "SystemModstamp", "IsDeleted") if n in shape.fields]
    others = [name for name in shape.fields if name not in keys]
    middle = chance.randint(0, len(others))
    found: dict[str, Any] = {}
    stand_in = ""
    for names in ([*keys, *others[:middle]], ["Id", *others[middle:]]):
        group = wide.decoded(page(chance, records, names))
        stand_in = stand_in or group.stand_in
        for record in group.records:
            key = record["Id"]
            found[key] = wide.joined(found[key], record) if key in found else record
    reader = Reader(shape, version=VERSION)
    raw = page(chance, records, keys)
    joined = reader.page_of(raw, list(found.values()), stand_in=stand_in)
    return joined.rows, told(joined.cleaned)


def is_one_row(splitter: Any, org: Org) -> None:
    shape, records, chance = org.shape, org.records, org.random
    cut = Cutter(shape, version=VERSION, splitter=splitter(shape))
    narrow = cut(page(chance, records, shape.fields).content)
    wide_rows, cleaned = in_groups(chance, shape, records)
    assert (wide_rows, cleaned) == (narrow.rows, told(narrow.cleaned))
    rows, cleaned = by_bulk(shape, as_csv(chance, shape, records))
    assert (rows, cleaned) == (narrow.rows, told(narrow.cleaned))


@both
@settings(max_examples=40)
@given(st.data())
def test_one_record_gives_one_row_whichever_way_it_came(splitter, data):
    is_one_row(splitter, Org(data))


@both
@pytest.mark.soak
@settings(max_examples=500)
@given(st.data())
def test_one_record_gives_one_row_of_any_width(splitter, data):
    is_one_row(splitter, Org(data, st.integers(1, 800)))


@given(st.data())
def test_what_was_cleaned_is_told_by_field_in_every_reader(data):
    shape = make_shape(
        "Thing__c",
        [Field("Id", "id"), Field("Name", "string"), Field("Note__c", "string")],
    )
    dirty = st.sampled_from(["fine", "A\x00B", "\ud83d!"])
    records = [
        {"Id": f"a00{n:012d}AAA", "Name": data.draw(dirty), "Note__c": data.draw(dirty)}
        for n in range(data.draw(st.integers(1, 5)))
    ]
    named = {
        name: keys
        for name in ("Name", "Note__c")
        if (keys := [record["Id"] for record in records if record[name] != "fine"])
    }
    cut, chance = Cutter(shape, version=VERSION), Random(1)
    assert cut(page(chance, records, shape.fields).content).cleaned == named
    assert by_bulk(shape, as_csv(chance, shape, records))[1] == named
