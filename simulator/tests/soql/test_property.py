from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soql import oracle
from soql.cosmos import NOW, Cosmos, bare

WORDS = [
    "alpha",
    "Alpha",
    "BETA",
    "it's",
    "a_b",
    "50%",
    "Ünï",
    'say "x"',
    "b\\s",
    "li\nne",
    "zeta",
]
DAYS = [
    (NOW.date() + timedelta(days=n)).isoformat()
    for n in (
        -800,
        -370,
        -100,
        -91,
        -90,
        -40,
        -17,
        -10,
        -7,
        -3,
        -1,
        0,
        1,
        3,
        4,
        11,
        14,
        90,
        91,
        200,
        400,
    )
]
MOMENTS = [
    f"{day}T{clock}.000+0000" for day in DAYS for clock in ("00:00:00", "23:59:59")
]
TAGS = ["A", "B", "C", "A;B", "B;C", "A;B;C"]
FIELDS = {
    "Text__c": ("text", st.sampled_from(WORDS)),
    "Choice__c": ("text", st.sampled_from(["Rock", "Ice", "Gas"])),
    "Tags__c": ("text", st.sampled_from(TAGS)),
    "Amount__c": ("number", st.sampled_from([-2.5, 0.0, 0.1, 0.2, 3.0, 1e9])),
    "Count__c": ("number", st.sampled_from([-1, 0, 1, 2, 7])),
    "Flag__c": ("boolean", st.booleans()),
    "Day__c": ("date", st.sampled_from(DAYS)),
    "Moment__c": ("datetime", st.sampled_from(MOMENTS)),
}
PARENT = {
    "Planet__r.Name": ("text", st.sampled_from(WORDS)),
    "Planet__r.Rank__c": ("number", st.sampled_from([1, 2, 3])),
}
ALL = {**FIELDS, **PARENT}
PERIODS = [
    f"{which}_{unit}"
    for which in ("LAST", "THIS", "NEXT")
    for unit in list(oracle.UNITS)[1:]
]
PERIODS += ["TODAY", "YESTERDAY", "TOMORROW", "LAST_90_DAYS", "NEXT_90_DAYS"]
COUNTED = [f"{which}_N_{unit}S" for which in ("LAST", "NEXT") for unit in oracle.UNITS]
COUNTED += [f"N_{unit}S_AGO" for unit in oracle.UNITS]


@st.composite
def moons(draw: Any) -> dict[str, Any]:
    row = {
        name: draw(values if kind == "boolean" else st.none() | values)
        for name, (kind, values) in FIELDS.items()
    }
    return {**row, "planet": draw(st.none() | st.integers(0, 2))}


@st.composite
def comparisons(draw: Any) -> oracle.Comparison:
    path = draw(st.sampled_from(list(ALL)))
    kind, values = ALL[path]
    operators = list(oracle.COMPARE)
    if kind == "boolean" or path == "Tags__c":
        operators = ["=", "!="]
    value = draw(values if kind == "boolean" else st.none() | values)
    return oracle.Comparison(path, kind, draw(st.sampled_from(operators)), value)


@st.composite
def memberships(draw: Any) -> oracle.Membership:
    path = draw(st.sampled_from([name for name in ALL if name != "Flag__c"]))
    kind, values = ALL[path]
    chosen = draw(st.lists(st.none() | values, min_size=1, max_size=4))
    return oracle.Membership(path, kind, tuple(chosen), draw(st.booleans()))


PIECES = st.sampled_from(["%", "_"]) | st.sampled_from(
    ["a", "B", "%", "_", "\\", "'", "50", "x"]
).map("=".__add__)
LIKE = st.builds(
    oracle.Likeness,
    st.sampled_from(["Text__c", "Choice__c", "Planet__r.Name"]),
    st.lists(PIECES, min_size=1, max_size=4).map(tuple),
)
TAGGING = st.builds(
    oracle.Tagging,
    st.just("Tags__c"),
    st.lists(st.sampled_from(TAGS), min_size=1, max_size=2).map(tuple),
    st.booleans(),
)
WORDED = st.sampled_from(PERIODS).map(lambda word: (word, None)) | st.tuples(
    st.sampled_from(COUNTED), st.integers(1, 13)
)
TIMING = st.builds(
    lambda path, operator, named: oracle.Timing(path, operator, *named, NOW.date()),
    st.sampled_from(["Day__c", "Moment__c"]),
    st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
    WORDED,
)
LEAF = comparisons() | memberships() | LIKE | TAGGING | TIMING
CONDITIONS = st.recursive(
    LEAF,
    lambda inner: (
        st.builds(oracle.Denial, inner)
        | st.builds(
            oracle.Joined,
            st.sampled_from(["AND", "OR"]),
            st.lists(inner, min_size=2, max_size=3).map(tuple),
        )
    ),
    max_leaves=6,
)
ORDERINGS = st.lists(
    st.sampled_from([name for name in ALL if name != "Tags__c"]).flatmap(
        lambda path: st.builds(
            oracle.Ordering,
            st.just(path),
            st.just(ALL[path][0]),
            st.booleans(),
            st.sampled_from(["", "FIRST", "LAST"]),
        )
    ),
    max_size=3,
    unique_by=lambda one: one.path,
)
QUIET = settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def populate(rows: list[dict[str, Any]]) -> tuple[Cosmos, list[dict[str, Any]]]:
    """Write planets and moons; give back the moons as plain dicts with their planets."""
    cosmos = Cosmos()
    planets = [
        cosmos.add("Planet__c", Name=name, Rank__c=rank)
        for name, rank in (("Alpha", 1), ("beta", 2), ("50%", 3))
    ]
    written = []
    for row in rows:
        values = {name: value for name, value in row.items() if name != "planet"}
        parent = None if row["planet"] is None else planets[row["planet"]]
        given_parent = {} if parent is None else {"Planet__c": parent["Id"]}
        stored = cosmos.add("Moon__c", Name="m", **values, **given_parent)
        mirror = (
            None
            if parent is None
            else {key: parent[key] for key in ("Name", "Rank__c")}
        )
        written.append({**values, "Id": stored["Id"], "Planet__r": mirror})
    return cosmos, written


@QUIET
@given(
    rows=st.lists(moons(), max_size=9),
    condition=st.none() | CONDITIONS,
    orderings=ORDERINGS,
    columns=st.lists(st.sampled_from(list(ALL)), min_size=1, unique=True),
    limit=st.none() | st.integers(0, 5),
    offset=st.integers(0, 3),
)
def test_any_query_finds_shows_and_sorts_what_plain_python_does(
    rows: list[dict[str, Any]],
    condition: Any,
    orderings: list[oracle.Ordering],
    columns: list[str],
    limit: int | None,
    offset: int,
):
    cosmos, written = populate(rows)
    by_id = [*orderings, oracle.Ordering("Id", "id", False, "")]
    where = "" if condition is None else f" WHERE {condition.text()}"
    text = f"SELECT Id, {', '.join(columns)} FROM Moon__c{where} ORDER BY " + ", ".join(
        one.text() for one in by_id
    )
    text += "" if limit is None else f" LIMIT {limit}"
    text += f" OFFSET {offset}" if offset else ""

    expected = [row for row in written if condition is None or condition.holds(row)]
    expected = oracle.arranged(expected, by_id)[offset:]
    expected = expected[:limit] if limit is not None else expected

    found = [bare(record) for record in cosmos.ask(text)]
    assert [record["Id"] for record in found] == [row["Id"] for row in expected], text
    for record, row in zip(found, expected, strict=True):
        for column in columns:
            assert oracle.reach(record, column) == oracle.reach(row, column), text
    assert all(next(iter(record)) == "Id" for record in found)


def aggregates(members: list[dict[str, Any]]) -> dict[str, Any]:
    """What plain Python makes of the rows of one group."""
    amounts = [row["Amount__c"] for row in members if row["Amount__c"] is not None]
    counts = [row["Count__c"] for row in members if row["Count__c"] is not None]
    days = [row["Day__c"] for row in members if row["Day__c"]]
    moments = [row["Moment__c"] for row in members if row["Moment__c"]]
    mean = sum(Decimal(one) for one in counts) / len(counts) if counts else None
    return {
        "n": len(members),
        "expr0": len(amounts),
        "d": len({row["Text__c"].upper() for row in members if row["Text__c"]}),
        "s": float(sum(Decimal(str(one)) for one in amounts)) if amounts else None,
        "a": None if mean is None else float(mean),
        "lo": min(days, default=None),
        "hi": max(moments, default=None),
    }


KEYS = ["Choice__c", "Flag__c", "Count__c", "Day__c", "Text__c"]


@QUIET
@given(
    rows=st.lists(moons(), max_size=10),
    keys=st.lists(st.sampled_from(KEYS), min_size=1, max_size=2, unique=True),
    least=st.integers(0, 3),
)
def test_groups_are_those_plain_python_makes(
    rows: list[dict[str, Any]], keys: list[str], least: int
):
    cosmos, written = populate(rows)
    named = ", ".join(keys)
    text = (
        f"SELECT {named}, COUNT(Id) n, COUNT(Amount__c), COUNT_DISTINCT(Text__c) d, "
        f"SUM(Amount__c) s, AVG(Count__c) a, MIN(Day__c) lo, MAX(Moment__c) hi "
        f"FROM Moon__c GROUP BY {named} HAVING COUNT(Id) >= {least}"
    )

    def fold(value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in written:
        groups[tuple(fold(row[key]) for key in keys)].append(row)
    expected = {
        key: aggregates(members)
        for key, members in groups.items()
        if len(members) >= least
    }
    records = cosmos.ask(text)
    found = {
        tuple(fold(record[key]) for key in keys): {
            key: value for key, value in bare(record).items() if key not in keys
        }
        for record in records
    }
    assert found == expected
    assert len(records) == len(found)
    assert all(
        record["attributes"] == {"type": "AggregateResult"} for record in records
    )
