"""A masked value leaves by no face, nor by what faces leave behind.

The same walk without the mask finds the value, so it looks where values are.
"""

from __future__ import annotations

import logging

import pytest
from django.core.cache import cache

from sfconnector import tasks
from sfconnector.models import SField
from tests.gateway.conftest import CANARY, House
from tests.gateway.hearing import heard, rows_with
from tests.gateway.said import Said
from tests.gateway.said_by_pages import say_pages
from tests.gateway.said_by_verbs import say_verbs
from tests.gateway.said_by_workers import say_commands, say_tasks

FOUND = {
    "verbs": {
        *("explorer.send", "explorer.query", "explorer.ask_orgs", "explorer.ask_pages"),
        *("gateway.ask", "gateway.rows", "gateway.shown", "sync.preview"),
        *("records.as_csv", "records.as_json_lines", "records.as_of"),
    },
    "pages": {
        *("explore", "query", "preview", "sfconnector_cachedresponse_change"),
        *("sfconnector_record_browse", "sfconnector_record_show"),
        "sfconnector_record_export",
    },
    "commands": {"sf_export", "sf_query", "sf_request"},
    "tasks": {"answers"},
}
"""Who says the value while it is not masked: at least these."""


SAYING = {
    "verbs": say_verbs,
    "pages": say_pages,
    "commands": say_commands,
    "tasks": say_tasks,
}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", SAYING)
def test_a_masked_value_leaves_by_no_face(kind: str, house: House) -> None:
    said = Said()
    with heard() as traces:
        SAYING[kind](house, said)
    assert said.leaks() == set()
    assert len(said) > 6
    assert [name for name, lines in traces.items() if CANARY in str(lines)] == []
    assert rows_with(CANARY) == set()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", SAYING)
def test_the_same_walk_without_the_mask_finds_the_value(
    kind: str, house: House
) -> None:
    SField.objects.update(is_masked=False)
    said = Said(sought=FOUND[kind])
    SAYING[kind](house, said)
    assert said.leaks() == FOUND[kind]


@pytest.mark.django_db
def test_what_faces_leave_behind_is_heard() -> None:
    with heard() as traces:
        cache.set("seen", {"phone": CANARY})
        cache.delete("seen")
        tasks.tick.apply_async(kwargs={"told": CANARY})
        logging.getLogger("any").debug("asked", extra={"told": CANARY})
    assert {name for name, lines in traces.items() if CANARY in str(lines)} == {
        *("cache", "messages", "log")
    }
