"""Queries against a stage: pages, children, raw pages, and what is no page."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from sfconnector.exceptions import (
    Corrupt,
    InvalidRequest,
    SFConnectorError,
)
from sfconnector.salesforce import Client
from tests.salesforce.conftest import Stage, answer, bare

DATA = "/services/data/v66.0"
START = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)
END = datetime(2026, 5, 2, 12, 30, tzinfo=UTC)


def page_of(rows: int, *, total: int, more: str | None = None) -> dict[str, Any]:
    page: dict[str, Any] = {"totalSize": total, "done": more is None}
    if more is not None:
        page["nextRecordsUrl"] = more
    return {**page, "records": [{"Id": f"00{n}"} for n in range(rows)]}


def test_a_query_follows_its_pages(client: Client, stage: Stage) -> None:
    stage.puts(
        answer(200, page_of(2, total=3, more=f"{DATA}/query/0r8-2")),
        answer(200, page_of(1, total=3)),
    )
    pages = list(client.query("SELECT Id FROM Account", batch_size=50))
    assert [len(page.records) for page in pages] == [2, 1]
    assert stage.seen[0].headers["sforce-query-options"] == "batchSize=200"
    assert stage.seen[1].target == f"{DATA}/query/0r8-2"


def test_deleted_records_are_asked_for_at_queryall(
    client: Client, stage: Stage
) -> None:
    stage.puts(answer(200, page_of(0, total=0)))
    list(client.query("SELECT Id FROM Account", all_rows=True))
    assert stage.seen[0].target.startswith(f"{DATA}/queryAll?q=SELECT")


@pytest.mark.parametrize("rows", [0, 2])
def test_missing_records_are_corrupt(rows: int, client: Client, stage: Stage) -> None:
    stage.puts(answer(200, page_of(rows, total=3)))
    with pytest.raises(Corrupt, match=f"Only {rows} of 3 records arrived"):
        list(client.query("SELECT Id FROM Account"))


def test_a_count_has_a_size_and_no_records(client: Client, stage: Stage) -> None:
    stage.puts(answer(200, page_of(0, total=17)))
    assert client.count("Account") == 17
    assert [
        page.total_size for page in client.query("SELECT COUNT() FROM Account")
    ] == [17]


def test_children_of_a_subquery_are_fetched_to_their_end(
    client: Client, stage: Stage
) -> None:
    children = page_of(2, total=5, more=f"{DATA}/query/01g-2")
    parent = page_of(1, total=1)
    parent["records"][0]["Contacts"] = children
    parent["records"][0]["Cases"] = None
    stage.puts(
        answer(200, parent),
        answer(200, page_of(2, total=5, more=f"{DATA}/query/01g-4")),
        answer(200, page_of(1, total=5)),
    )
    [page] = client.query("SELECT Id, (SELECT Id FROM Contacts) FROM Account")
    contacts = page.records[0]["Contacts"]
    assert (len(contacts["records"]), contacts["done"]) == (5, True)
    assert "nextRecordsUrl" not in contacts


@pytest.mark.parametrize(
    "body",
    [
        {"totalSize": 1, "done": False, "records": []},
        {"totalSize": 1, "done": True, "nextRecordsUrl": "/services/x", "records": []},
        {"totalSize": "1", "done": True, "records": []},
        {"totalSize": 1, "done": True},
        {"totalSize": 1, "done": True, "records": ["x"]},
        [],
        {},
    ],
)
def test_what_is_no_query_page_is_corrupt(
    body: Any, client: Client, stage: Stage
) -> None:
    stage.puts(answer(200, body))
    with pytest.raises(Corrupt):
        list(client.query("SELECT Id FROM Account"))


def test_a_raw_page_tells_the_next_one_from_its_head(
    client: Client, stage: Stage
) -> None:
    body = page_of(2, total=3, more=f"{DATA}/query/0r8-2")
    pretty = json.dumps(body, indent=2).encode()
    shuffled = json.dumps(dict(reversed(body.items()))).encode()
    for content in (json.dumps(body).encode(), pretty, shuffled):
        stage.script = [answer(200, content)]
        page = client.query_raw("SELECT Id FROM Account")
        assert (page.total_size, page.done) == (3, False)
        assert page.next_url == f"{DATA}/query/0r8-2"
        assert page.content == content


@pytest.mark.parametrize(
    "content",
    [
        b'{"totalSize":3,"done":true,"records":[{"Id":"1"},{"Id":',
        b'{"totalSize":3,"done":false,"records":[]}',
        b'{"totalSize":3,"done":true,"nextRecordsUrl":"/services/x","records":[]}',
        b"<html>maintenance</html>",
        b"",
    ],
)
def test_a_raw_page_that_is_cut_or_odd_is_an_error(
    content: bytes, client: Client, stage: Stage
) -> None:
    stage.puts(bare(content))
    with pytest.raises(SFConnectorError):
        client.query_raw("SELECT Id FROM Account")


@pytest.mark.parametrize("cut", [b"{", b'{"totalSize":1,"done":true,"records":[{"I'])
def test_nonsense_that_arrived_whole_is_fetched_once_more(
    cut: bytes, client: Client, stage: Stage
) -> None:
    for ask in (client.query_raw, lambda soql: list(client.query(soql))):
        stage.script = [answer(200, cut), answer(200, page_of(1, total=1))]
        assert ask("SELECT Id FROM Account")
        stage.script = [answer(200, cut)]
        stage.seen.clear()
        with pytest.raises(Corrupt):
            ask("SELECT Id FROM Account")
        assert len(stage.seen) == 2


def test_a_next_page_elsewhere_is_refused_in_the_head_already(
    client: Client, stage: Stage
) -> None:
    evil = b'{"totalSize":3,"done":false,"nextRecordsUrl":"/services//e","records":[]}'
    stage.puts(answer(200, evil))
    with pytest.raises(SFConnectorError):
        client.query_raw("SELECT Id FROM Account")


def test_a_web_page_is_no_answer_to_a_query(
    client: Client, stage: Stage, pauses: list[float]
) -> None:
    page = answer(200, b"<html>We are down</html>", kind="text/html")
    stage.puts(page)
    with pytest.raises(Corrupt, match=r"answered with a web page \(HTTP 200\)"):
        list(client.query("SELECT Id FROM Account"))
    assert len(pauses) == 4


def test_a_query_too_long_for_an_address_is_not_sent(
    client: Client, stage: Stage
) -> None:
    with pytest.raises(InvalidRequest, match="too long") as caught:
        list(client.query("SELECT Id FROM Account WHERE Name = '" + "x" * 20_000))
    assert caught.value.code == "URI_TOO_LONG"
    assert stage.seen == []
