"""What a bad statement is answered with: code, position and words."""

from __future__ import annotations

import pytest

from soql.cosmos import Cosmos
from soql.refusals import LOCATED, PLAIN, no_column

COSMOS = Cosmos()


@pytest.mark.parametrize(("text", "code", "column", "words"), LOCATED)
def test_an_error_quotes_the_statement_and_points_at_the_culprit(
    text: str, code: str | None, column: int, words: str
):
    found, message = COSMOS.refusal(text)
    if code is None:
        assert (found, message) == ("MALFORMED_QUERY", words)
        return
    first, snippet, caret, place, *rest = message.split("\n")
    assert first == ""
    assert found == code
    assert "\n".join(rest) == words
    assert place == f"ERROR at Row:1:Column:{column}"
    assert snippet in text
    assert caret == " " * (column - 1 - text.index(snippet)) + "^"


@pytest.mark.parametrize(("text", "code", "message"), PLAIN)
def test_some_errors_have_no_position(text: str, code: str, message: str):
    assert COSMOS.refusal(text) == (code, message)


def test_an_error_in_a_later_row_names_that_row():
    _, message = COSMOS.refusal("SELECT Id\nFROM Moon__c\nWHERE Foo = 1")
    assert message.startswith(
        "\nWHERE Foo = 1\n      ^\nERROR at Row:3:Column:7\nNo such column"
    )


def test_a_long_statement_is_quoted_in_part():
    fields = ", ".join(
        field.name for field in COSMOS.schema.object("Moon__c").fields.values()
    )
    _, message = COSMOS.refusal(f"SELECT {fields}, Foo, {fields} FROM Moon__c")
    _, snippet, caret, place, _ = message.split("\n")
    assert len(snippet) < 100
    assert snippet[len(caret) - 1 :].startswith("Foo")
    assert place == f"ERROR at Row:1:Column:{len(fields) + 10}"


def test_a_statement_of_more_than_100000_characters_is_refused():
    start = "SELECT Id FROM Moon__c WHERE Name = '"
    assert COSMOS.run(start + "x" * (99_999 - len(start)) + "'").total_size == 0
    code, _ = COSMOS.refusal(start + "x" * (100_000 - len(start)) + "'")
    assert code == "MALFORMED_QUERY"


def test_conditions_too_deep_to_read_are_refused_and_do_no_harm():
    depth = 20_000
    text = "SELECT Id FROM Moon__c WHERE " + "(" * depth + "Name = 'x'" + ")" * depth
    assert COSMOS.refusal(text)[0] == "QUERY_TOO_COMPLICATED"
    assert COSMOS.run("SELECT Id FROM Moon__c").total_size == 0


def test_an_object_that_does_not_support_queries_says_so():
    code, message = _unqueryable()
    assert code == "INVALID_TYPE_FOR_OPERATION"
    assert message == "entity type Comet__c does not support query"


def _unqueryable() -> tuple[str, str]:
    from dataclasses import replace

    cosmos = Cosmos()
    moon = cosmos.schema.object("Moon__c")
    cosmos.schema.add_object(replace(moon, name="Comet__c", queryable=False))
    return cosmos.refusal("SELECT Id FROM Comet__c")


def test_a_field_the_user_may_not_see_does_not_exist_for_queries():
    cosmos = Cosmos()
    cosmos.schema = cosmos.schema.for_user(frozenset({("Moon__c", "Text__c")}))
    code, message = cosmos.refusal("SELECT Text__c FROM Moon__c")
    assert code == "INVALID_FIELD"
    assert message.endswith(no_column("Text__c", "Moon__c"))
