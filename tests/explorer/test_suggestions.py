"""Words that complete a path or a query."""

from __future__ import annotations

import pytest

from sfconnector import explorer
from sfconnector.models import Org, SField, SObject
from tests.connections import bare_org

DATA = "/services/data/v66.0/"


@pytest.fixture
def org(db: None) -> Org:
    org = bare_org(api_versions=["65.0", "66.0"])
    for name in ("Account", "AccountTeam", "Contact", "My_Account__c"):
        SObject.objects.create(org=org, name=name, label=f"{name} label")
    account = SObject.objects.get(name="Account")
    for name, kind, masked in (
        ("Name", "string", False),
        ("OwnerId", "reference", False),
        ("Phone", "phone", True),
    ):
        is_lookup = kind == "reference"
        SField.objects.create(
            sobject=account,
            name=name,
            type=kind,
            is_masked=masked,
            relationship_name="Owner" if is_lookup else "",
            reference_to=["Contact"] if is_lookup else [],
        )
    contact = SObject.objects.get(name="Contact")
    SField.objects.create(sobject=contact, name="Email", type="email")
    return org


def path_words(org: Org, text: str) -> list[str]:
    return [one.text for one in explorer.for_path(org, text=text)]


def soql_words(org: Org, text: str, after: str = "") -> list[str]:
    return [one.text for one in explorer.for_soql([org], text=text, after=after)]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", "/services/data/v66.0/"),
        ("/serv", "/services/data/v65.0/"),
        (DATA, "limits"),
        (f"{DATA}sob", "sobjects"),
        (f"{DATA}sobjects/acc", "Account"),
        (f"{DATA}sobjects/acc", "My_Account__c"),
        (f"{DATA}sobjects/Account/", "/describe"),
        (f"{DATA}sobjects/Account/001?fields=Id,Na", "Name"),
        (f"{DATA}query?q=SELECT Na", "COUNT()"),
        (f"{DATA}query?q=SELECT Id FROM Con", "Contact"),
    ],
)
def test_a_path_is_completed(org: Org, typed: str, offered: str) -> None:
    if offered == "COUNT()":
        assert path_words(org, typed) == []
    else:
        assert offered in path_words(org, typed)


def test_what_begins_alike_comes_first(org: Org) -> None:
    words = path_words(org, f"{DATA}sobjects/Acc")
    assert words == ["Account", "AccountTeam", "My_Account__c"]


@pytest.mark.parametrize(
    ("text", "after", "offered"),
    [
        ("SELECT Id FROM ", "", "Account"),
        ("SELECT Na", " FROM Account", "Name"),
        ("SELECT Own", " FROM Account", "Owner."),
        ("SELECT Owner.", " FROM Account", "Email"),
        ("SELECT Id FROM Account WHERE Na", "", "Name"),
        ("SELECT Id FROM Account wh", "", "WHERE "),
    ],
)
def test_a_query_is_completed(org: Org, text: str, after: str, offered: str) -> None:
    assert offered in soql_words(org, text, after)


def test_the_text_that_is_replaced_is_the_word_being_typed(org: Org) -> None:
    found = explorer.for_soql([org], text="SELECT Id, Owner.Em", after=" FROM Account")
    assert [(one.text, one.length) for one in found] == [("Email", 2)]


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("SELECT Pho", " FROM Account"),
        ("SELECT Id FROM Account WHERE Name = 'Na", ""),
        ("SELECT Id FROM Account WHERE Name = 'it\\'s Na", ""),
        ("SELECT Na", ""),
    ],
)
def test_nothing_masked_nothing_within_a_text_nothing_unknown(
    org: Org, text: str, after: str
) -> None:
    assert soql_words(org, text, after) == []
