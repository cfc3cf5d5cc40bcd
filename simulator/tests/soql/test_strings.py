"""Which backslashes a string literal may hold, and what they mean."""

from __future__ import annotations

import pytest

from soql.cosmos import Cosmos

COSMOS = Cosmos()


@pytest.mark.parametrize("char", [*list("nrtbf\"'\\"), "u0041"])
def test_the_escapes_salesforce_knows_are_read(char: str):
    cosmos = Cosmos()
    meaning = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "u0041": "A"}.get(
        char, char
    )
    moon = cosmos.add("Moon__c", Name="m", Text__c=f"<{meaning}>")
    found = cosmos.ask(f"SELECT Id FROM Moon__c WHERE Text__c = '<\\{char}>'")
    assert [record["Id"] for record in found] == [moon["Id"]]


@pytest.mark.parametrize("char", ["a", "[", "0", "u12", "_", "%", "/"])
def test_any_other_backslash_is_an_error(char: str):
    text = f"SELECT Id FROM Moon__c WHERE Text__c = 'x\\{char}'"
    body = f"x\\{char}"
    assert COSMOS.refusal(text) == (
        "MALFORMED_QUERY",
        f"Invalid string literal '{body}'. Illegal character sequence '\\{char[0]}' in string literal.",
    )


def test_like_alone_may_escape_its_wildcards():
    cosmos = Cosmos()
    for text in ("a_b", "axb", "50%", "500"):
        cosmos.add("Moon__c", Name="m", Text__c=text)
    found = cosmos.ask(
        "SELECT Text__c FROM Moon__c WHERE Text__c LIKE 'a\\_b' OR Text__c LIKE '50\\%'"
    )
    assert [record["Text__c"] for record in found] == ["a_b", "50%"]


@pytest.mark.parametrize("operator", [">", ">="])
def test_every_text_is_more_than_the_empty_one(operator: str):
    cosmos = Cosmos()
    cosmos.add("Moon__c", Name="a", Text__c="!")
    cosmos.add("Moon__c", Name="b")
    every = cosmos.ask("SELECT Id FROM Moon__c WHERE Text__c != null")
    more = cosmos.ask(f"SELECT Id FROM Moon__c WHERE Text__c {operator} ''")
    assert len(every) == 1
    assert every == more
    assert cosmos.ask(f"SELECT Id FROM Moon__c WHERE Id {operator} ''") == cosmos.ask(
        "SELECT Id FROM Moon__c"
    )


@pytest.mark.parametrize("operator", ["<", "<="])
def test_no_text_is_less_than_the_empty_one(operator: str):
    cosmos = Cosmos()
    cosmos.add("Moon__c", Name="a", Text__c="!")
    assert cosmos.ask(f"SELECT Id FROM Moon__c WHERE Text__c {operator} ''") == []
