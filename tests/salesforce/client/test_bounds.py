"""Whatever an org sends: it ends, and it takes little memory before it is refused."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from sfconnector.exceptions import Corrupt, InvalidRequest
from sfconnector.salesforce import Client, HostPolicy
from sfconnector.salesforce.bodies import MOST_CONTAINERS, check_parts, parse_json
from tests.memory import peak
from tests.salesforce.conftest import Stage, Tokens, answer

DATA = "/services/data/v66.0"


def page(more: str | None, *, rows: int = 1, total: int = 3) -> bytes:
    body: dict[str, Any] = {"totalSize": total, "done": more is None}
    if more:
        body["nextRecordsUrl"] = f"{DATA}/query/{more}"
    return answer(200, {**body, "records": [{"Id": str(n)} for n in range(rows)]})


def test_sixty_megabytes_of_empty_lists_take_little_memory(
    client: Client, stage: Stage
) -> None:
    inner = b"[]," * (20 * 1024 * 1024)
    stage.puts(answer(200, b'{"sobjects":[' + inner + b"[]]}", zipped=True))
    del inner
    with peak() as found, pytest.raises(Corrupt, match="lists and objects"):
        client.describe_global()
    # The body twice, while it is joined, and what the heap wastes. Read, it takes 1.2 GB.
    assert found.grown_mb < 300


@pytest.mark.parametrize(
    "body",
    [b"[" * (MOST_CONTAINERS + 1), b"0," * 2_500_001, b'{"a":' * (MOST_CONTAINERS + 1)],
)
def test_too_many_values_are_refused_before_they_are_read(body: bytes) -> None:
    with pytest.raises(Corrupt, match="more than"):
        parse_json(body, list)


def test_signs_within_texts_are_no_values() -> None:
    text = "[{," * (MOST_CONTAINERS + 1) + '\\"'
    assert parse_json(json.dumps([text]).encode(), list) == [text]
    check_parts(json.dumps(["[", "]"]).encode(), most_containers=1, most_parts=2)


@pytest.mark.parametrize("number", [b"1e999", b"-1e999", b"Infinity", b"NaN"])
def test_a_number_that_is_not_finite_is_no_json(number: bytes) -> None:
    with pytest.raises(Corrupt, match="not valid JSON"):
        parse_json(b'{"a":' + number + b"}", dict)


def test_a_page_that_names_itself_is_refused_after_one_page_too_many(
    client: Client, stage: Stage
) -> None:
    stage.puts(page("self", total=9))
    with pytest.raises(Corrupt, match="lead back"):
        list(client.query("SELECT Id FROM Account"))
    assert len(stage.seen) == 2


@pytest.mark.parametrize("rows", [0, 1])
def test_pages_without_an_end_are_refused(
    client: Client, stage: Stage, rows: int
) -> None:
    stage.puts(*(page(f"p{number}", rows=rows) for number in range(50)))
    with pytest.raises(Corrupt, match="no end"):
        list(client.query("SELECT Id FROM Account"))
    assert len(stage.seen) <= 4


def test_child_pages_without_an_end_are_refused(client: Client, stage: Stage) -> None:
    children = json.loads(page("c0").partition(b"\r\n\r\n")[2])
    parent = {"Id": "1", "Contacts": children}
    first = {"totalSize": 1, "done": True, "records": [parent]}
    stage.puts(answer(200, first), *(page(f"c{n}") for n in range(1, 50)))
    with pytest.raises(Corrupt, match="no end"):
        list(client.query("SELECT Id, (SELECT Id FROM Contacts) FROM Account"))


def test_rows_are_counted_with_their_children(client: Client, stage: Stage) -> None:
    children = {"totalSize": 5, "done": True, "records": [{"Id": "c"}] * 5}
    rows = [{"Id": str(n), "Contacts": children} for n in range(2)]
    stage.puts(answer(200, {"totalSize": 2, "done": True, "records": rows}))
    asked = "SELECT Id, (SELECT Id FROM Contacts) FROM Account"
    with pytest.raises(InvalidRequest, match="more than the 11 rows"):
        list(client.query(asked, most_rows=11))
    assert len(next(iter(client.query(asked, most_rows=12))).records) == 2


def test_a_whole_answer_keeps_to_the_clients_own_bound(
    tokens: Tokens, stage: Stage
) -> None:
    stage.puts(answer(200, {"a": "x" * 5_000}))
    with (
        Client(
            tokens, hosts=HostPolicy((stage.netloc,)), maximum_bytes=1_000
        ) as client,
        pytest.raises(Corrupt, match="larger"),
    ):
        client.request("GET", f"{DATA}/limits")
    assert len(stage.seen) == 1, "it would be as large a second time"


@pytest.mark.parametrize("many", [False, True])
def test_a_description_with_a_nul_is_refused_in_a_sentence(
    client: Client, stage: Stage, many: bool
) -> None:
    told = {"name": "Account", "label": "A\x00", "fields": []}
    part = {"body": told, "httpHeaders": {}, "httpStatusCode": 200}
    stage.puts(
        answer(200, {"compositeResponse": [{**part, "referenceId": "describe0"}]})
    )
    if many:
        [(_name, found)] = client.describe_many(["Account"])
        assert isinstance(found, Corrupt)
        return
    stage.script = [answer(200, {"sobjects": [told]})]
    for ask in (client.describe_global, lambda: client.describe("Account")):
        with pytest.raises(Corrupt, match="NUL"):
            ask()


def test_a_query_that_ends_is_read_to_its_end(client: Client, stage: Stage) -> None:
    stage.puts(page("a"), page("b"), page(None))
    pages = client.query("SELECT Id FROM Account")
    found = itertools.chain.from_iterable(one.records for one in pages)
    assert len(list(found)) == 3
