"""The shape of what queries answer with."""

from __future__ import annotations

from typing import Any

import pytest

from soql.cosmos import USER, Cosmos, bare


@pytest.fixture
def cosmos() -> Cosmos:
    """Three planets of one star; the first has five moons, the last none."""
    cosmos = Cosmos({"User": 3})
    star = cosmos.add("Account", Name="Sun")
    names = ("Jupiter", "Mars", "Venus")
    planets = [
        cosmos.add("Planet__c", Name=name, Rank__c=rank, Star__c=star["Id"])
        for rank, name in enumerate(names)
    ]
    for number in range(5):
        cosmos.add(
            "Moon__c", Name=f"J{number}", Count__c=number, Planet__c=planets[0]["Id"]
        )
    cosmos.add("Moon__c", Name="Phobos", Choice__c="Rock", Planet__c=planets[1]["Id"])
    cosmos.add("Moon__c", Name="Stray", Tags__c="A;C")
    return cosmos


def test_a_record_shows_its_attributes_first_and_fields_in_select_order(cosmos: Cosmos):
    (record,) = cosmos.ask(
        "SELECT name, Count__c, ID FROM moon__c WHERE name = 'STRAY'"
    )
    assert list(record) == ["attributes", "Name", "Count__c", "Id"]
    assert record["attributes"] == {
        "type": "Moon__c",
        "url": f"/services/data/v66.0/sobjects/Moon__c/{record['Id']}",
    }


def test_parents_are_nested_where_they_are_first_named_and_null_when_absent(
    cosmos: Cosmos,
):
    text = (
        "SELECT Planet__r.Name, Name, Planet__r.Star__r.Name, Planet__r.Rank__c "
        "FROM Moon__c WHERE Name IN ('Phobos', 'Stray') ORDER BY Name"
    )
    phobos, stray = cosmos.ask(text)
    assert list(phobos) == ["attributes", "Planet__r", "Name"]
    assert bare(phobos["Planet__r"]) == {
        "Name": "Mars",
        "Star__r": {"Name": "Sun"},
        "Rank__c": 1,
    }
    assert phobos["Planet__r"]["attributes"]["type"] == "Planet__c"
    assert phobos["Planet__r"]["Star__r"]["attributes"]["type"] == "Account"
    assert bare(stray) == {"Planet__r": None, "Name": "Stray"}


def test_five_steps_to_a_parent_are_allowed_and_six_are_not():
    cosmos = Cosmos()
    row = cosmos.add("Account", Name="root")
    for _ in range(6):
        row = cosmos.add("Account", Name="child", ParentId=row["Id"])
    five, six = ("Parent." * steps + "Name" for steps in (5, 6))
    (record,) = cosmos.ask(f"SELECT {five} FROM Account WHERE Id = '{row['Id']}'")
    deep = record
    for _ in range(5):
        deep = deep["Parent"]
    assert deep["Name"] == "child"
    assert cosmos.refusal(f"SELECT {six} FROM Account")[0] == "MALFORMED_QUERY"


def test_an_alias_and_the_object_itself_may_stand_before_a_field(cosmos: Cosmos):
    by_alias = cosmos.ask(
        "SELECT m.Name, p.Name FROM Moon__c m, m.Planet__r p WHERE m.Name = 'Phobos'"
    )
    by_name = cosmos.ask(
        "SELECT Moon__c.Name, Planet__r.Name FROM Moon__c WHERE Moon__c.Name = 'Phobos'"
    )
    assert by_alias == by_name
    assert by_alias[0]["Planet__r"]["Name"] == "Mars"


def test_children_come_as_a_result_of_their_own_or_null(cosmos: Cosmos):
    text = (
        "SELECT Name, (SELECT Name, Planet__r.Name FROM Moons__r WHERE Count__c > 1 OR Choice__c = 'Rock' "
        "ORDER BY Name DESC LIMIT 2) FROM Planet__c ORDER BY Rank__c"
    )
    jupiter, mars, venus = cosmos.ask(text)
    moons = jupiter["Moons__r"]
    assert (moons["totalSize"], moons["done"]) == (2, True)
    assert [moon["Name"] for moon in moons["records"]] == ["J4", "J3"]
    assert moons["records"][0]["Planet__r"]["Name"] == "Jupiter"
    assert mars["Moons__r"]["totalSize"] == 1
    assert venus["Moons__r"] is None


def test_children_nest_in_children(cosmos: Cosmos):
    text = (
        "SELECT Name, (SELECT Name, (SELECT Name FROM Moons__r ORDER BY Name LIMIT 1) "
        "FROM Account.Planets__r) FROM Account"
    )
    (sun,) = cosmos.ask(text)
    jupiter = sun["Planets__r"]["records"][0]
    assert jupiter["Moons__r"]["records"][0]["Name"] == "J0"
    assert cosmos.refusal(text, version="57.0")[0] == "MALFORMED_QUERY"


def test_children_that_do_not_fit_have_a_page_of_their_own(cosmos: Cosmos):
    planet = cosmos.ask("SELECT Id FROM Planet__c WHERE Name = 'Venus'")[0]["Id"]
    for number in range(450):
        cosmos.add("Moon__c", Name=f"V{number:03}", Planet__c=planet)
    located: list[tuple[Any, str, str]] = []

    def locate(child: Any, parent_id: str, relationship: str) -> str:
        located.append((child, parent_id, relationship))
        return "/services/data/v66.0/query/0r8-200"

    result = cosmos.run(
        "SELECT (SELECT Name FROM Moons__r) FROM Planet__c WHERE Name = 'Venus'"
    )
    moons = result.page(0, 1, locate=locate)[0]["Moons__r"]
    child, parent_id, relationship = located[0]
    assert (parent_id, relationship) == (planet, "Moons__r")
    assert moons["totalSize"] == 450 == child.total_size
    assert moons["done"] is False
    assert moons["nextRecordsUrl"] == "/services/data/v66.0/query/0r8-200"
    rest = child.page(child.shown, 450)
    names = [moon["Name"] for moon in moons["records"] + rest]
    assert names == [f"V{number:03}" for number in range(450)]


def test_count_alone_has_a_size_and_no_records(cosmos: Cosmos):
    result = cosmos.run(
        "SELECT COUNT() FROM Moon__c WHERE Planet__r.Name = 'Jupiter' LIMIT 3"
    )
    assert (result.total_size, result.is_count, result.page(0, 10)) == (3, True, [])


def test_count_of_a_field_is_a_row(cosmos: Cosmos):
    result = cosmos.run("SELECT COUNT(Id), MAX(Count__c) top FROM Moon__c")
    assert (result.total_size, result.is_count) == (1, False)
    assert result.page(0, 1) == [
        {"attributes": {"type": "AggregateResult"}, "expr0": 7, "top": 4}
    ]
    assert cosmos.ask(
        "SELECT COUNT(Id), SUM(Count__c) FROM Moon__c WHERE Name = 'none'"
    ) == [{"attributes": {"type": "AggregateResult"}, "expr0": 0, "expr1": None}]


def test_groups_may_be_of_parents_and_sorted_by_an_aggregate(cosmos: Cosmos):
    text = (
        "SELECT Planet__r.Name, COUNT(Id) FROM Moon__c GROUP BY Planet__r.Name "
        "ORDER BY COUNT(Id) DESC, Planet__r.Name NULLS LAST"
    )
    found = [(record["Name"], record["expr0"]) for record in cosmos.ask(text)]
    assert found == [("Jupiter", 5), ("Mars", 1), (None, 1)]


def test_a_rollup_adds_totals(cosmos: Cosmos):
    text = (
        "SELECT Planet__r.Name, COUNT(Id) n, GROUPING(Planet__r.Name) g FROM Moon__c "
        "GROUP BY ROLLUP(Planet__r.Name)"
    )
    found = [(record["Name"], record["n"], record["g"]) for record in cosmos.ask(text)]
    assert found == [(None, 1, 0), ("Jupiter", 5, 0), ("Mars", 1, 0), (None, 7, 1)]


def test_more_than_2000_groups_cannot_be_paged():
    cosmos = Cosmos({"Account": 2_100})
    code, message = cosmos.refusal("SELECT Name, COUNT(Id) FROM Account GROUP BY Name")
    assert code == "EXCEEDED_ID_LIMIT"
    assert message.startswith("Aggregate query does not support queryMore()")
    assert (
        len(cosmos.ask("SELECT Name, COUNT(Id) FROM Account GROUP BY Name LIMIT 2000"))
        == 2000
    )


def test_dates_are_taken_apart(cosmos: Cosmos):
    for day in ("2025-02-28", "2026-03-01", "2026-03-09"):
        cosmos.add("Moon__c", Name="d", Day__c=day)
    text = (
        "SELECT CALENDAR_YEAR(Day__c) y, CALENDAR_MONTH(Day__c), COUNT(Id) FROM Moon__c "
        "WHERE DAY_IN_WEEK(Day__c) > 0 AND CALENDAR_QUARTER(Day__c) = 1 "
        "GROUP BY CALENDAR_YEAR(Day__c), CALENDAR_MONTH(Day__c) ORDER BY CALENDAR_YEAR(Day__c)"
    )
    assert bare(cosmos.ask(text)[0]) == {"y": 2025, "expr0": 2, "expr1": 1}
    assert bare(cosmos.ask(text)[1]) == {"y": 2026, "expr0": 3, "expr1": 2}
    days = cosmos.ask("SELECT Day__c FROM Moon__c WHERE DAY_IN_WEEK(Day__c) = 1")
    assert [record["Day__c"] for record in days] == ["2026-03-01"]  # a Sunday


def test_polymorphic_owners_show_names_and_types(cosmos: Cosmos):
    user = cosmos.ask("SELECT Id, Name FROM User LIMIT 1")[0]
    moon = cosmos.ask("SELECT Id FROM Moon__c WHERE Name = 'Stray'")[0]
    cosmos.store.overwrite("Moon__c", moon["Id"], {"OwnerId": user["Id"]})
    (record,) = cosmos.ask(
        "SELECT Owner.Name, Owner.Type FROM Moon__c WHERE Owner.Type = 'User'"
    )
    assert record["Owner"] == {
        "attributes": {
            "type": "Name",
            "url": f"/services/data/v66.0/sobjects/User/{user['Id']}",
        },
        "Name": user["Name"],
        "Type": "User",
    }


def test_typeof_shows_the_fields_of_the_branch(cosmos: Cosmos):
    account = cosmos.ask("SELECT Id FROM Account")[0]["Id"]
    planet = {"Subject": "Call", "WhatId": account}
    cosmos.add("Task", **planet)
    cosmos.add("Task", Subject="Nothing")
    text = (
        "SELECT Subject, TYPEOF What WHEN Account THEN Name, Phone WHEN Opportunity THEN Amount "
        "ELSE Name END FROM Task ORDER BY Subject"
    )
    call, nothing = cosmos.ask(text)
    assert call["What"]["attributes"]["type"] == "Account"
    assert bare(call["What"]) == {"Name": "Sun", "Phone": None}
    assert nothing["What"] is None
    other = cosmos.ask(
        "SELECT TYPEOF What WHEN Opportunity THEN Amount ELSE Name END FROM Task WHERE Subject = 'Call'"
    )
    assert bare(other[0]["What"]) == {"Name": "Sun"}


def test_fields_all_standard_and_custom(cosmos: Cosmos):
    every = list(bare(cosmos.ask("SELECT FIELDS(ALL) FROM Moon__c LIMIT 1")[0]))
    custom = list(bare(cosmos.ask("SELECT FIELDS(CUSTOM) FROM Moon__c LIMIT 1")[0]))
    standard = list(bare(cosmos.ask("SELECT FIELDS(STANDARD) FROM Moon__c")[0]))
    names = [field.name for field in cosmos.schema.object("Moon__c").fields.values()]
    assert every == names
    assert custom == [name for name in names if name.endswith("__c")]
    assert standard == [name for name in names if not name.endswith("__c")]
    moon = cosmos.ask("SELECT Id FROM Moon__c LIMIT 1")[0]["Id"]
    assert len(cosmos.ask(f"SELECT FIELDS(ALL) FROM Moon__c WHERE Id = '{moon}'")) == 1


def test_semi_joins_and_anti_joins(cosmos: Cosmos):
    inside = "SELECT Name FROM Planet__c WHERE Id {} (SELECT Planet__c FROM Moon__c) ORDER BY Name"
    joined = [record["Name"] for record in cosmos.ask(inside.format("IN"))]
    lonely = [record["Name"] for record in cosmos.ask(inside.format("NOT IN"))]
    assert (joined, lonely) == (["Jupiter", "Mars"], ["Venus"])


def test_deleted_rows_are_seen_by_query_all_only(cosmos: Cosmos):
    stray = cosmos.ask("SELECT Id FROM Moon__c WHERE Name = 'Stray'")[0]["Id"]
    cosmos.store.delete("Moon__c", stray, user_id=USER)
    text = "SELECT Id, IsDeleted FROM Moon__c WHERE Name = 'Stray'"
    assert cosmos.ask(text) == []
    assert [record["IsDeleted"] for record in cosmos.ask(text, deleted=True)] == [True]
    cosmos.store.hard_delete("Moon__c", stray)
    assert cosmos.ask(text, deleted=True) == []


def test_deleted_parents_and_children_are_shown_by_query_all_only(cosmos: Cosmos):
    mars = cosmos.ask(
        "SELECT Id, (SELECT Id FROM Moons__r) FROM Planet__c WHERE Name = 'Mars'"
    )[0]
    phobos = mars["Moons__r"]["records"][0]["Id"]
    cosmos.store.delete("Planet__c", mars["Id"], user_id=USER)
    text = f"SELECT Planet__r.Name FROM Moon__c WHERE Id = '{phobos}'"
    assert bare(cosmos.ask(text)[0]) == {"Planet__r": None}
    assert bare(cosmos.ask(text, deleted=True)[0]) == {"Planet__r": {"Name": "Mars"}}
    cosmos.store.delete("Moon__c", phobos, user_id=USER)
    text = f"SELECT (SELECT Id FROM Moons__r) FROM Planet__c WHERE Id = '{mars['Id']}'"
    assert cosmos.ask(text, deleted=True)[0]["Moons__r"]["totalSize"] == 1


def test_ids_of_15_and_18_characters_are_the_same(cosmos: Cosmos):
    moon = cosmos.ask("SELECT Id, Planet__c FROM Moon__c WHERE Name = 'Phobos'")[0]
    for length in (15, 18):
        assert (
            len(
                cosmos.ask(f"SELECT Id FROM Moon__c WHERE Id = '{moon['Id'][:length]}'")
            )
            == 1
        )
        short = moon["Planet__c"][:length]
        assert (
            len(cosmos.ask(f"SELECT Id FROM Moon__c WHERE Planet__c IN ('{short}')"))
            == 1
        )


def test_case_matters_in_fields_that_are_case_sensitive(cosmos: Cosmos):
    cosmos.add("Moon__c", Name="a", Code__c="abc")
    assert cosmos.ask("SELECT Id FROM Moon__c WHERE Code__c = 'ABC'") == []
    assert len(cosmos.ask("SELECT Id FROM Moon__c WHERE Code__c = 'abc'")) == 1


def test_date_literals_follow_the_time_zone_of_the_user(cosmos: Cosmos):
    from datetime import timedelta, timezone

    cosmos.add("Moon__c", Name="late", Moment__c="2026-06-17T03:00:00.000+0000")
    text = "SELECT Name FROM Moon__c WHERE Moment__c = TODAY"
    assert len(cosmos.ask(text)) == 1
    cosmos.now = cosmos.now.astimezone(timezone(timedelta(hours=-8)))
    assert cosmos.ask(text) == []  # in California it was still the day before


def test_scopes_purposes_and_display_functions_are_accepted(cosmos: Cosmos):
    text = (
        "SELECT toLabel(Choice__c), FORMAT(Count__c) shown, convertCurrency(Amount__c) "
        "FROM Moon__c USING SCOPE everything WHERE Name = 'Phobos' WITH SECURITY_ENFORCED "
        "ORDER BY Name LIMIT 1 OFFSET 0 FOR VIEW"
    )
    (record,) = cosmos.ask(text)
    assert bare(record) == {"Choice__c": "Rock", "shown": None, "Amount__c": None}


def test_scope_mine_shows_the_users_own_rows(cosmos: Cosmos):
    stray = cosmos.ask("SELECT Id FROM Moon__c WHERE Name = 'Stray'")[0]["Id"]
    cosmos.store.overwrite("Moon__c", stray, {"OwnerId": "005000000000002AAA"})
    assert cosmos.run("SELECT Id FROM Moon__c USING SCOPE mine").total_size == 6


def test_a_binary_field_shows_where_it_is_downloaded_from():
    cosmos = Cosmos({"ContentVersion": 1})
    (record,) = cosmos.ask("SELECT Id, VersionData FROM ContentVersion LIMIT 1")
    path = f"/services/data/v66.0/sobjects/ContentVersion/{record['Id']}/VersionData"
    assert record["VersionData"] == path


def test_a_compound_address_is_an_object(cosmos: Cosmos):
    cosmos.add("Account", Name="Home", BillingCity="Ghent")
    (record,) = cosmos.ask("SELECT BillingAddress FROM Account WHERE Name = 'Home'")
    assert record["BillingAddress"]["city"] == "Ghent"
    assert set(record["BillingAddress"]) >= {
        "street",
        "postalCode",
        "latitude",
        "longitude",
    }
