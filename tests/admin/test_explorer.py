"""The explorer's pages: sending, following, confirming, and what is remembered."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from sfconnector.models import Credential, Org, SavedCall, SObject
from tests.admin.conftest import add_fields, make_org, person
from tests.connections import browser_of

SEED = "/services/data/v39.0/sobjects/account"
EXPLORE = "/admin/sfconnector/org/explore/"
FORGET = "/admin/sfconnector/org/explore/forget/"
QUERY = "/admin/sfconnector/org/explore/query/"


@pytest.fixture
def org(connected_org: Org) -> Org:
    SObject.objects.create(org=connected_org, name="Account", key_prefix="001")
    return connected_org


@pytest.fixture
def writer(org: Org) -> Client:
    return browser_of(person("writer", "*"))


@pytest.fixture
def reader(org: Org) -> Client:
    return browser_of(person("reader", "view_org", "explore_org"))


def send(client: Client, org: Org, path: str = SEED, **given: str) -> str:
    data = {"org": org.pk, "method": "GET", "path": path, **given}
    return client.post(EXPLORE, data).content.decode()


def test_the_seed_call_comes_back_as_a_tree_and_as_copies(
    org: Org, reader: Client
) -> None:
    page = send(reader, org)
    assert "objectDescribe" in page
    assert "curl " in page
    assert SavedCall.objects.get().path == SEED


def test_no_token_is_on_the_page(org: Org, reader: Client) -> None:
    send(reader, org)
    credential = Credential.objects.get(org=org)
    assert credential.access_token is not None
    token = credential.access_token.reveal()
    assert token not in send(reader, org)
    assert credential.access_token_enc not in send(reader, org)


def test_addresses_in_an_answer_can_be_followed(org: Org, reader: Client) -> None:
    page = send(reader, org, "/services/data")
    assert 'form="sf-follow" name="path" value="/services/data/v' in page


def test_rows_are_a_table_with_the_fields_of_parents(org: Org, reader: Client) -> None:
    soql = "SELECT Name, Owner.Name FROM Account LIMIT 2"
    page = send(reader, org, f"/services/data/v66.0/query?q={soql}")
    assert '<th scope="col">Owner.Name</th>' in page


def test_a_reader_is_refused_a_write_with_the_reason(org: Org, reader: Client) -> None:
    page = send(reader, org, method="POST", body="{}")
    assert "You may read here, but this POST writes." in page
    assert not SavedCall.objects.exists()


def test_a_write_to_production_asks_for_the_alias_and_keeps_what_was_written(
    org: Org, writer: Client
) -> None:
    Org.objects.filter(pk=org.pk).update(is_sandbox=False)
    body = json.dumps({"Name": "Kept in the form"})
    page = send(writer, org, method="POST", body=body)
    assert 'name="confirm"' in page
    assert "Kept in the form" in page
    page = send(writer, org, method="POST", body=body, confirm=org.alias)
    assert "sf-good" in page
    assert [call.status for call in SavedCall.objects.all()] == [201]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"path": "https://evil.example/"}, "on another host"),
        ({"path": "/services/oauth2/userinfo"}, "REST resources only"),
        ({"headers": "no colon"}, "is not a header"),
        ({"headers": "Authorization: x"}, "may not be set here"),
        ({"method": "POST", "body": "{"}, "not JSON"),
        ({"path": "/services/data/v66.0/sobjects/Nope"}, "404"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(
    org: Org, writer: Client, given: dict[str, str], told: str
) -> None:
    assert told in send(writer, org, **given)


def test_a_call_is_kept_shared_and_opened_again(
    org: Org, writer: Client, reader: Client
) -> None:
    send(writer, org, do="keep", name="Describe it", share="on")
    call = SavedCall.objects.get(is_history=False)
    page = reader.get(EXPLORE, {"call": call.pk}).content.decode()
    assert "Describe it" in page
    assert f'value="{SEED}"' in page
    reader.post(FORGET, {"call": call.pk})
    assert SavedCall.objects.filter(pk=call.pk).exists()
    writer.post(FORGET, {"call": call.pk})
    assert not SavedCall.objects.filter(pk=call.pk).exists()


def test_another_s_history_cannot_be_opened(
    org: Org, writer: Client, reader: Client
) -> None:
    send(writer, org, "/services/data/v66.0/sobjects/Lead")
    call = SavedCall.objects.get()
    page = reader.get(EXPLORE, {"call": call.pk}).content.decode()
    assert "/sobjects/Lead" not in page


def test_a_postman_collection_is_a_file(org: Org, reader: Client) -> None:
    data = {"org": org.pk, "method": "GET", "path": SEED, "do": "postman"}
    response = reader.post(EXPLORE, data)
    assert "attachment" in response["Content-Disposition"]
    assert response.json()["item"][0]["request"]["method"] == "GET"


def test_a_query_of_two_orgs_shows_rows_of_one_and_the_remedy_of_the_other(
    org: Org, reader: Client
) -> None:
    dead = make_org(org.app, "dead")
    soql = "SELECT Id, Name FROM Account LIMIT 2"
    page = reader.post(
        QUERY, {"orgs": [org.pk, dead.pk], "soql": soql}
    ).content.decode()
    assert "2 rows of 2" in page
    assert '<th scope="col">org</th>' in page
    assert "Open the org in the admin and connect it." in page


def test_only_queries_are_asked(org: Org, reader: Client) -> None:
    page = reader.post(QUERY, {"orgs": [org.pk], "soql": "DELETE x"}).content.decode()
    assert "Write a query that begins with SELECT." in page


def test_names_are_suggested_from_the_catalog(org: Org, admin_client: Client) -> None:
    SObject.objects.create(org=org, name="Asset")
    SObject.objects.create(org=org, name="Big_Account__c")
    add_fields(SObject.objects.get(name="Account"), ("Id", "id"), ("Name", "string"))
    url = reverse("admin:sfconnector_sobject_suggest")
    told = admin_client.get(url, {"org": org.pk, "q": "acc"}).json()
    assert told["names"] == ["Account", "Big_Account__c"]
    told = admin_client.get(url, {"org": org.pk, "sobject": "account"}).json()
    assert told["names"] == ["Id", "Name"]
    assert admin_client.get(url, {"org": "x"}).json()["names"] == []


def test_the_list_of_a_failing_org_is_up(org: Org, reader: Client) -> None:
    Credential.objects.filter(org=org).update(instance_url="http://127.0.0.1:1")
    page = send(reader, org)
    assert "sf-bad" in page
