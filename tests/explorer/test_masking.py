"""What no answer shows: masked fields, and what has the form of a token."""

from __future__ import annotations

import pytest

from sfconnector import explorer, orgs
from sfconnector.exceptions import InvalidRequest
from sfconnector.explorer.masking import DEEPEST, Mask
from sfconnector.models import Org, SField, SObject
from sfconnector.secret import MASK
from sfconnector.simulator import SalesforceOrg

DATA = "/services/data/v66.0"


@pytest.fixture
def org(connected_org: Org) -> Org:
    account = SObject.objects.create(org=connected_org, name="Account")
    SField.objects.create(sobject=account, name="Phone", type="phone", is_masked=True)
    return connected_org


def get(org: Org, path: str) -> explorer.Reply:
    return explorer.send(org, request=explorer.Request(path=f"{DATA}/{path}"))


def test_a_masked_field_is_hidden_wherever_it_comes(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    store = salesforce_org.records.store
    row = store.insert(
        "Account", {"Name": "A", "Phone": "+1 555 1"}, user_id=salesforce_org.user.id
    )
    body = get(org, f"sobjects/account/{row['Id']}").body
    assert body["Phone"] == MASK
    assert body["Name"] == "A"


@pytest.mark.parametrize(
    "path",
    [
        "query?q=SELECT Id, phone FROM Account",
        "query?q=SELECT COUNT(Id) n FROM Account WHERE Phone LIKE '1%'",
        "query?q=SELECT+Max(Phone)+x+FROM+Account",
        "query?q=SELECT Account.Phone FROM Contact",
        "sobjects/Account/0015g00000AAAAAAAA?fields=Name,Phone",
    ],
)
def test_a_call_that_names_a_masked_field_is_refused(org: Org, path: str) -> None:
    with pytest.raises(InvalidRequest, match="masked"):
        get(org, path)


def test_a_masked_name_within_a_text_is_no_field(org: Org) -> None:
    assert get(org, "query?q=SELECT Id FROM Account WHERE Name = 'Phone'").status == 200


def test_a_field_of_the_same_name_of_another_object_is_shown(org: Org) -> None:
    mask = Mask(org)
    shown = {"attributes": {"type": "Lead"}, "Phone": "1"}
    assert mask.hide(shown) == shown
    nested = {"Lead": {"attributes": {"type": "Account"}, "Phone": "1"}}
    assert mask.hide(nested)["Lead"]["Phone"] == MASK
    assert mask.hide({"fields": {"Phone": {"value": "1"}}})["fields"]["Phone"] == MASK


def test_a_token_that_the_org_itself_answers_with_is_hidden(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    with orgs.client_for(org, purpose="explorer") as client:
        token = client._tokens.current().access_token.reveal()
    store = salesforce_org.records.store
    row = store.insert(
        "Account",
        {"Name": "A", "Description": f"x {token} y"},
        user_id=salesforce_org.user.id,
    )
    reply = get(org, f"sobjects/Account/{row['Id']}")
    assert token not in reply.text
    assert MASK in reply.body["Description"]


def test_what_is_nested_too_deeply_is_cut_not_followed(org: Org) -> None:
    value: object = "deep"
    for _ in range(DEEPEST + 400):
        value = [value]
    assert "deep" not in str(Mask(org).hide(value))
