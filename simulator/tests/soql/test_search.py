from __future__ import annotations

import pytest

from salesforce_simulator.soql import QueryError
from salesforce_simulator.sosl import search
from soql.cosmos import NOW, USER, Cosmos


@pytest.fixture
def cosmos() -> Cosmos:
    cosmos = Cosmos()
    for name, text in (
        ("Red Rock", "iron"),
        ("Blue Ice", "red water"),
        ("Rocky", "sand"),
    ):
        cosmos.add("Moon__c", Name=name, Text__c=text)
    cosmos.add("Planet__c", Name="Red Giant")
    return cosmos


def find(cosmos: Cosmos, text: str) -> list[tuple[str, str | None]]:
    records = search(
        text,
        schema=cosmos.schema,
        store=cosmos.store,
        now=NOW,
        user_id=USER,
        version="66.0",
    )
    return [(record["attributes"]["type"], record.get("Name")) for record in records]


def test_words_are_found_in_all_text_fields_of_the_objects_asked_for(cosmos: Cosmos):
    found = find(cosmos, "FIND {red} RETURNING Moon__c(Id, Name), Planet__c(Name)")
    assert found == [
        ("Moon__c", "Red Rock"),
        ("Moon__c", "Blue Ice"),
        ("Planet__c", "Red Giant"),
    ]


def test_name_fields_alone_can_be_searched(cosmos: Cosmos):
    found = find(cosmos, "FIND {red} IN NAME FIELDS RETURNING Moon__c(Name)")
    assert found == [("Moon__c", "Red Rock")]


def test_wildcards_beginnings_of_words_and_or(cosmos: Cosmos):
    returning = " RETURNING Moon__c(Name ORDER BY Name)"
    for beginning in ("rock", "ROC"):
        found = find(cosmos, f"FIND {{{beginning}}}" + returning)
        assert [name for _, name in found] == ["Red Rock", "Rocky"]
    assert find(cosmos, "FIND {ocky}" + returning) == []
    assert find(cosmos, 'FIND {"rock"}' + returning) == [("Moon__c", "Red Rock")]
    assert [name for _, name in find(cosmos, "FIND {rock*}" + returning)] == [
        "Red Rock",
        "Rocky",
    ]
    assert [name for _, name in find(cosmos, "FIND {r?cky}" + returning)] == ["Rocky"]
    assert [name for _, name in find(cosmos, "FIND {iron OR sand}" + returning)] == [
        "Red Rock",
        "Rocky",
    ]
    assert [name for _, name in find(cosmos, "FIND {red AND iron}" + returning)] == [
        "Red Rock"
    ]
    assert find(cosmos, 'FIND {"rock red"}' + returning) == []


def test_conditions_and_limits_apply(cosmos: Cosmos):
    text = "FIND {red} RETURNING Moon__c(Name WHERE Text__c LIKE '%water%'), Planet__c(Name) LIMIT 1"
    assert find(cosmos, text) == [("Moon__c", "Blue Ice")]


def test_without_returning_every_object_is_searched(cosmos: Cosmos):
    kinds = {kind for kind, _ in find(cosmos, "FIND {red}")}
    assert kinds == {"Moon__c", "Planet__c"}


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        (
            "FIND red",
            "MALFORMED_SEARCH",
            "No search term found. The search term must be enclosed in braces.",
        ),
        (
            "FIND {r}",
            "INVALID_SEARCH",
            "search term must be longer than one character: r",
        ),
        (
            "FIND {*}",
            "INVALID_SEARCH",
            "search term must be longer than one character: *",
        ),
    ],
)
def test_bad_searches_are_refused(cosmos: Cosmos, text: str, code: str, message: str):
    with pytest.raises(QueryError) as caught:
        find(cosmos, text)
    assert (caught.value.code, caught.value.message) == (code, message)


@pytest.mark.parametrize(
    "tail", [" IN SOME FIELDS", " RETURNING", " RETURNING Moon__c(", " nonsense"]
)
def test_a_broken_tail_is_a_malformed_search(cosmos: Cosmos, tail: str):
    with pytest.raises(QueryError) as caught:
        find(cosmos, "FIND {red}" + tail)
    assert caught.value.code == "MALFORMED_SEARCH"
    assert "unexpected token: " in caught.value.message


def test_an_unknown_object_is_an_invalid_type(cosmos: Cosmos):
    with pytest.raises(QueryError) as caught:
        find(cosmos, "FIND {red} RETURNING Comet__c")
    assert caught.value.code == "INVALID_TYPE"


def test_deleted_rows_are_not_found(cosmos: Cosmos):
    moon = cosmos.ask("SELECT Id FROM Moon__c WHERE Name = 'Rocky'")[0]
    cosmos.store.delete("Moon__c", moon["Id"], user_id=USER)
    assert find(cosmos, "FIND {rocky} RETURNING Moon__c") == []
