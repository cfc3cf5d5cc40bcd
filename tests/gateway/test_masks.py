"""What no answer shows: masked fields, and what has the form of a token."""

from __future__ import annotations

import json

import pytest

from salesforce_simulator import SalesforceOrg
from sfconnector import explorer, gateway, orgs
from sfconnector.audit import NOBODY
from sfconnector.catalog import masks_of
from sfconnector.exceptions import InvalidRequest
from sfconnector.gateway.reply import DEEPEST, without_tokens
from sfconnector.gateway.shapes import NOT_SHOWN, Shape, clean, shape_of
from sfconnector.models import CachedResponse, Org, SField, SObject, SyncPlan
from sfconnector.secret import MASK
from tests.gateway.conftest import DATA

CANARY = "+1 555 0199 canary"


@pytest.fixture
def org(connected_org: Org) -> Org:
    contact = SObject.objects.create(
        org=connected_org,
        name="Contact",
        describe={
            "childRelationships": [
                {"relationshipName": "Cases", "childSObject": "Case", "field": "x"}
            ]
        },
    )
    SField.objects.create(sobject=contact, name="Phone", type="phone", is_masked=True)
    lead = SObject.objects.create(org=connected_org, name="Lead")
    SField.objects.create(sobject=lead, name="Phone", type="phone")
    case = SObject.objects.create(org=connected_org, name="Case")
    for name, target in (("Contact", "Contact"), ("Owner", "User")):
        SField.objects.create(
            sobject=case,
            name=f"{name}Id",
            type="reference",
            relationship_name=name,
            reference_to=[target],
        )
    return connected_org


def get(org: Org, path: str, **more: object) -> explorer.Reply:
    return explorer.send(org, request=explorer.Request(path=f"{DATA}/{path}", **more))


def add_contact(salesforce_org: SalesforceOrg) -> str:
    values = {"LastName": "Canary", "Phone": CANARY}
    store = salesforce_org.records.store
    row = store.insert("Contact", values, user_id=salesforce_org.user.id)
    return str(row["Id"])


def test_a_masked_field_is_hidden_wherever_it_comes(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    body = get(org, f"sobjects/contact/{add_contact(salesforce_org)}").body
    assert body["Phone"] == MASK
    assert body["LastName"] == "Canary"


NAMING = [
    "query?q=SELECT Id, phone FROM Contact",
    "queryAll/?q=SELECT+Phone+p+FROM+Contact",
    "query?q=SELECT COUNT(Id) n FROM Contact WHERE Phone LIKE '0%'",
    "query?q=SELECT Phone p, COUNT(Id) n FROM Contact GROUP BY Phone",
    "query?a='&q=SELECT Phone p, COUNT(Id) n FROM Contact GROUP BY Phone&b='",
    "query?q=SELECT Id FROM Contact&q=SELECT Phone FROM Contact",
    "query?q=SELECT Id FROM Contact HAVING MAX(Phone) > '1'",
    "query?q=SELECT Id FROM Contact ORDER BY Phone",
    "query?q=SELECT Id, Contact.Phone FROM Case",
    "query?q=SELECT Id, (SELECT Phone FROM Contacts) FROM Account",
    "query?q=SELECT Id FROM Account WHERE Id IN (SELECT Id FROM Contact WHERE Phone='')",
    "query?q=SELECT TYPEOF Who WHEN Contact THEN Phone ELSE Name END FROM Task",
    "query?q=SELECT FIELDS(ALL) FROM Contact LIMIT 1",
    "query?q=SELECT Id, (SELECT FIELDS(ALL) FROM Contacts) FROM Account",
    "query?q=SELECT c.Phone FROM Contact c",
    "query?explain=SELECT Id FROM Contact WHERE Phone='1'",
    "query?q=SELECT NewValue FROM ContactHistory WHERE Field='Phone'",
    "query?q=SELECT Id FROM Contact WHERE Name = 'x",
    "query?q=SELECT Id FROM Contact -- Phone",
    "sobjects/Contact/0035g00000AAAAAAAA?fields=Name,Phone",
    "sobjects/Contact/Phone/0301234",
    "composite/sobjects/Contact?ids=0035g00000AAAAAAAA&fields=Phone",
    "search?q=FIND {0301234} IN ALL FIELDS RETURNING Contact(Id)",
    "parameterizedSearch?q=0301234&sobject=Contact",
    "ui-api/records/0035g00000AAAAAAAA?fields=Contact.Phone",
    "sobjects/Contact/listviews/00B5g00000AAAAAAAA/results",
    "analytics/reports/00O5g00000AAAAAAAA",
    "jobs/query/7505g00000AAAAAAAA/results",
]


@pytest.mark.parametrize("path", NAMING)
def test_a_call_that_may_bring_a_masked_field_out_is_not_sent(
    org: Org, path: str
) -> None:
    with pytest.raises(InvalidRequest):
        get(org, path)
    assert not org.calls.filter(purpose="explorer").exists()


@pytest.mark.parametrize(
    "path",
    [
        "query?q=SELECT Id FROM Contact WHERE LastName = 'Phone'",
        "query?q=SELECT Id, Phone FROM Lead",
        "query?q=SELECT Id, Owner.Phone FROM Case",
        "query?q=SELECT Id, Cases.Phone FROM Contact LIMIT 0",
        "query?q=SELECT COUNT() FROM Contact",
        "limits",
        "sobjects",
        "sobjects/Contact/describe",
        "",
    ],
)
def test_what_names_none_is_sent(org: Org, path: str) -> None:
    if "Cases.Phone" in path:  # a child's fields are not reached by a dot
        with pytest.raises(InvalidRequest):
            get(org, path)
        return
    assert get(org, path).status in {200, 400}


@pytest.mark.parametrize(
    ("parts", "key"),
    [
        (
            {"compositeRequest": [{"method": "GET", "url": "{}", "referenceId": "a"}]},
            "composite",
        ),
        ({"batchRequests": [{"method": "GET", "url": "{}"}]}, "composite/batch"),
        (
            {
                "graphs": [
                    {
                        "graphId": "1",
                        "compositeRequest": [
                            {"method": "GET", "url": "{}", "referenceId": "a"}
                        ],
                    }
                ]
            },
            "composite/graph",
        ),
    ],
)
@pytest.mark.parametrize("path", NAMING)
def test_a_part_of_a_composite_request_is_a_call_like_any_other(
    org: Org, parts: object, key: str, path: str
) -> None:
    body = json.dumps(parts).replace('"{}"', json.dumps(f"{DATA}/{path}"))
    with pytest.raises(InvalidRequest):
        get(org, key, method="POST", body=body)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("sobjects/Contact", {"Phone": "1"}),
        ("sobjects/Case", {"Subject": "@{ref.Phone}"}),
        ("jobs/query", {"operation": "query", "query": "SELECT Phone FROM Contact"}),
        ("graphql", {"query": "query { uiapi { query { Contact { Phone } } } }"}),
    ],
)
def test_a_body_may_not_name_one_either(org: Org, path: str, body: object) -> None:
    request = explorer.Request(
        method="POST", path=f"{DATA}/{path}", body=json.dumps(body)
    )
    with pytest.raises(InvalidRequest, match="masked"):
        explorer.send(org, request=request, may_write=True, confirmed_alias=org.alias)


def test_a_field_of_the_same_name_of_another_object_may_be_written(org: Org) -> None:
    request = explorer.Request(
        method="POST",
        path=f"{DATA}/sobjects/Lead",
        body='{"Phone": "1", "LastName": "L", "Company": "C"}',
    )
    reply = explorer.send(
        org, request=request, may_write=True, confirmed_alias=org.alias
    )
    assert reply.status == 201


@pytest.mark.parametrize("kind", ["application/xml", "text/csv"])
def test_what_is_not_json_is_not_shown(
    org: Org, salesforce_org: SalesforceOrg, kind: str
) -> None:
    path = f"sobjects/Contact/{add_contact(salesforce_org)}"
    reply = get(org, path, headers={"Accept": kind})
    assert CANARY not in reply.text


def test_an_answer_that_is_not_json_is_replaced_by_a_sentence(org: Org) -> None:
    call = gateway.Call(path=f"{DATA}/apexrest")
    assert shape_of(gateway.Call(path="/services/apexrest/x")) is Shape.OTHER
    assert (
        clean(
            gateway.Call(path="/services/apexrest/x"),
            {"p": CANARY},
            masks=masks_of(org),
            is_refusal=False,
        )
        == NOT_SHOWN
    )
    assert shape_of(call) is Shape.OTHER


def test_rows_that_say_no_object_are_hidden(org: Org) -> None:
    masks = masks_of(org)
    asked = gateway.Call(path=f"{DATA}/query?q=SELECT Id FROM Lead")
    later = gateway.Call(path=f"{DATA}/query/01g5g00000AAAA-2000")
    groups = {"records": [{"attributes": {"type": "AggregateResult"}, "p": CANARY}]}
    bare = {"records": [{"p": CANARY}]}
    for call, body in ((later, groups), (later, bare), (asked, bare)):
        assert CANARY not in str(clean(call, body, masks=masks, is_refusal=False))
    assert CANARY in str(clean(asked, groups, masks=masks, is_refusal=False))


def test_a_kept_answer_is_shown_as_it_may_be_seen_today(org: Org) -> None:
    SField.objects.update(is_masked=False)
    query = "SELECT Phone p, COUNT(Id) n FROM Contact GROUP BY Phone"
    plan = SyncPlan.objects.create(org=org, kind="soql", soql=query)
    rows = [{"attributes": {"type": "AggregateResult"}, "p": CANARY, "n": 1}]
    body = {"totalSize": 1, "done": True, "records": rows}
    moment = org.created_at
    kept = CachedResponse(
        plan=plan, status=200, body=body, fetched_at=moment, asked=query
    )
    old = CachedResponse(plan=plan, status=200, body=body, fetched_at=moment)
    assert CANARY in str(gateway.shown(kept))
    SField.objects.filter(sobject__name="Contact").update(is_masked=True)
    assert gateway.shown(kept) == NOT_SHOWN
    plan.soql = "SELECT Id FROM Lead"
    assert CANARY not in str(gateway.shown(old))
    assert gateway.shown(kept) == NOT_SHOWN


def test_pages_of_a_query_are_masked_by_their_type(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    add_contact(salesforce_org)
    for text in ("SELECT Phone FROM Contact", "SELECT FIELDS(ALL) FROM Contact"):
        with pytest.raises(InvalidRequest):
            next(gateway.rows(org, text, by=NOBODY, purpose="command"))
    pages = gateway.rows(
        org, "SELECT LastName FROM Contact", by=NOBODY, purpose="command"
    )
    assert any(row["LastName"] == "Canary" for page in pages for row in page.rows)


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
    query = "SELECT Description FROM Account WHERE Name = 'A'"
    pages = list(gateway.rows(org, query, by=NOBODY, purpose="command"))
    assert token not in str(pages[0].rows)


def test_what_is_nested_too_deeply_is_cut_not_followed() -> None:
    value: object = "deep"
    for _ in range(DEEPEST + 400):
        value = [value]
    assert "deep" not in str(without_tokens(value))
