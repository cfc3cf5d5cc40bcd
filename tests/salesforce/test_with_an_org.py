"""The wire and a pretend org, written apart from the same page, understand each other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from sfconnector.exceptions import (
    ConfigurationError,
    Conflict,
    ConsentRequired,
    InvalidRequest,
    NotFound,
    SFConnectorError,
)
from sfconnector.salesforce import (
    ONCE,
    BulkIngest,
    BulkQuery,
    Client,
    OAuthClient,
    failures,
    soql,
)
from sfconnector.salesforce.answers import parse_moment
from sfconnector.salesforce.bulk import write_rows
from sfconnector.salesforce.oauth import challenge_of, new_state, new_verifier
from sfconnector.secret import Secret
from sfconnector.testing.orgs import org_factory
from tests.salesforce.people import CALLBACK, HOSTS, Grant, consent, fetch, log_in


@pytest.fixture
def org(salesforce_orgs: Any) -> Any:
    made = salesforce_orgs("Acme", records={"Account": 2_500, "Contact": 40})
    made.app.rotate_refresh_tokens = True
    made.app.require_pkce = True
    return made


@pytest.fixture
def oauth(org: Any) -> OAuthClient:
    return oauth_of(org, secret=org.consumer_secret)


def oauth_of(org: Any, *, secret: str) -> OAuthClient:
    return OAuthClient(org.base_url, org.consumer_key, Secret(secret), hosts=HOSTS)


@pytest.fixture
def client(oauth: OAuthClient) -> Iterator[Client]:
    grant = Grant(oauth, oauth.client_credentials())
    with Client(grant, hosts=HOSTS, retry=ONCE) as made:
        yield made


def test_a_person_logs_in_and_the_grant_rotates(org: Any, oauth: OAuthClient) -> None:
    answer = log_in(oauth)
    assert answer.signature_ok is True
    assert answer.org_id == org.org_id
    assert set(answer.scopes) >= {"api", "refresh_token"}
    first = answer.refresh_token
    assert first is not None
    second = oauth.refresh(first).refresh_token
    assert second is not None
    assert second != first
    with pytest.raises(ConsentRequired):
        oauth.refresh(first)


def test_a_person_who_denies_is_told_apart(oauth: OAuthClient) -> None:
    with pytest.raises(ConsentRequired, match="access_denied"):
        log_in(oauth, action="deny")


def test_a_code_of_another_login_is_refused(oauth: OAuthClient) -> None:
    verifier, state = new_verifier(), new_state()
    url = oauth.authorize_url(
        redirect_uri=CALLBACK,
        scopes=("api",),
        state=state,
        code_challenge=challenge_of(verifier),
    )
    code = Secret(consent(url)["code"])
    with pytest.raises(ConsentRequired):
        oauth.exchange_code(code, redirect_uri=CALLBACK, verifier=new_verifier())


def test_a_wrong_secret_is_a_matter_of_settings(org: Any) -> None:
    with pytest.raises(ConfigurationError):
        oauth_of(org, secret="wrong").client_credentials()


def test_a_signed_assertion_logs_in(org: Any, oauth: OAuthClient) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    org.app.public_key = public.decode()
    log_in(oauth)
    answer = oauth.jwt_bearer(
        username=org.user.username, private_key=Secret(private.decode())
    )
    assert answer.org_id == org.org_id
    assert answer.refresh_token is None


def test_an_expired_session_is_renewed_once(org: Any, oauth: OAuthClient) -> None:
    grant = Grant(oauth, log_in(oauth))
    with Client(grant, hosts=HOSTS) as client:
        client.limits()
        org.expire_sessions()
        client.limits()
        client.limits()
    assert grant.renewals == 1


def test_revoking_ends_the_grant(oauth: OAuthClient) -> None:
    answer = log_in(oauth)
    assert oauth.introspect(answer.access_token).active
    assert answer.refresh_token is not None
    oauth.revoke(answer.refresh_token)
    assert not oauth.introspect(answer.access_token).active
    with pytest.raises(ConsentRequired):
        oauth.refresh(answer.refresh_token)
    with pytest.raises(ConsentRequired):
        oauth.revoke(answer.refresh_token)


def test_the_org_describes_itself(org: Any, client: Client) -> None:
    assert client.identity().org_id == org.org_id
    assert "66.0" in [one.version for one in client.versions()]
    assert "sobjects" in client.resources()
    everything = client.describe_global()
    assert everything is not None
    assert client.describe_global(everything.last_modified) is None
    account = client.describe("account")
    assert account is not None
    assert account.name == "Account"
    assert client.describe("Account", account.last_modified) is None
    assert client.limits()["DailyApiRequests"].maximum > 0
    assert client.record_counts(["Account"])["Account"] == 2_500
    found = client.sobject_info("account", "39.0")
    assert found["objectDescribe"]["name"] == "Account"


def test_many_describes_cost_two_calls(org: Any, client: Client) -> None:
    everything = client.describe_global()
    assert everything is not None
    names = [one.name for one in everything.objects][:40]
    before = org.requests.count("/services/data/v66.0/composite")
    found = dict(client.describe_many([*names, "Nope__c"]))
    assert org.requests.count("/services/data/v66.0/composite") - before == 2
    assert isinstance(found["Nope__c"], NotFound)
    assert len(found) == 41


def test_all_records_and_all_fields_arrive(client: Client) -> None:
    account = client.describe("Account")
    assert account is not None
    query = soql.compose(
        select=[field.name for field in account.fields],
        from_="Account",
        order_by=("SystemModstamp", "Id"),
    )
    ids = [record["Id"] for page in client.query(query) for record in page.records]
    assert len(set(ids)) == len(ids) == client.count("Account") == 2_500


def test_keyset_windows_meet_without_gap_or_overlap(client: Client) -> None:
    taken: list[str] = []
    where = ""
    while True:
        query = soql.compose(
            select=["Id", "SystemModstamp"],
            from_="Account",
            where=where,
            order_by=("SystemModstamp", "Id"),
            limit=400,
        )
        [page] = client.query(query)
        if not page.records:
            break
        taken += [record["Id"] for record in page.records]
        last = page.records[-1]
        moment = parse_moment(last["SystemModstamp"])
        where = soql.after("SystemModstamp", moment=moment, last_id=last["Id"])
    assert len(set(taken)) == len(taken) == 2_500


@pytest.fixture(scope="module")
def quoting() -> Iterator[tuple[Client, str]]:
    """A client of a small org with one record, whose name each example changes."""
    with org_factory() as factory:
        org = factory("Quoting", records={"Account": 1, "Contact": 0})
        oauth = oauth_of(org, secret=org.consumer_secret)
        with Client(Grant(oauth, oauth.client_credentials()), hosts=HOSTS) as client:
            [page] = client.query("SELECT Id FROM Account")
            yield client, page.records[0]["Id"]


NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"])
    | st.sampled_from("\n\t'\"%_\\"),
    min_size=1,
    max_size=30,
).filter(lambda text: text.strip() == text)


@settings(max_examples=60)
@given(name=NAMES)
def test_any_name_is_found_by_its_own_text(
    quoting: tuple[Client, str], name: str
) -> None:
    client, identity = quoting
    client.update("Account", identity, {"Name": name})
    assert client.count("Account", where=soql.compare("Name", "=", name)) == 1
    assert client.count("Account", where=soql.matches("Name", name)) == 1
    other = f"{name}x"
    assert client.count("Account", where=soql.compare("Name", "=", other)) == 0


@settings(max_examples=60)
@given(text=st.text(st.characters(codec="utf-8"), max_size=30))
def test_no_text_breaks_out_of_its_quotes(
    quoting: tuple[Client, str], text: str
) -> None:
    client, _ = quoting
    attack = f"' OR Name != '{text}"
    assert client.count("Account", where=soql.compare("Name", "=", attack)) == 0
    assert client.count("Account", where=soql.matches("Name", attack)) == 0


def test_a_record_is_written_changed_upserted_and_deleted(
    org: Any, client: Client
) -> None:
    org.records.add_field("Account", "Key__c", external_id=True)
    made = client.create("Account", {"Name": "Ünïcode"})
    assert client.record("Account", made.id, ["Name"])["Name"] == "Ünïcode"
    assert client.update("Account", made.id, {"Name": "New"}).success
    first = client.upsert("Account", "Key__c", "a/b?c", {"Name": "Up"})
    again = client.upsert("Account", "Key__c", "a/b?c", {"Name": "Up 2"})
    assert (first.created, again.created, again.id) == (True, False, first.id)
    assert client.delete("Account", made.id).success
    assert client.delete("Account", made.id).success
    with pytest.raises(InvalidRequest) as caught:
        client.create("Account", {"Nope": 1})
    assert caught.value.code == "INVALID_FIELD"


def test_deletions_are_listed(org: Any, client: Client) -> None:
    made = client.create("Account", {"Name": "Gone"})
    client.delete("Account", made.id)
    org.clock.advance(120)
    now = client.server_now() + timedelta(seconds=120)
    found = client.deleted("Account", start=now - timedelta(hours=1), end=now)
    assert made.id in [identity for identity, _ in found.records]
    query = soql.compose(
        select=["Id"], from_="Account", where=soql.compare("IsDeleted", "=", True)
    )
    [page] = client.query(query, all_rows=True)
    assert made.id in [record["Id"] for record in page.records]


def test_bulk_reads_what_rest_reads(client: Client) -> None:
    bulk = BulkQuery(client)
    query = "SELECT Id, Name, BillingStreet, SystemModstamp FROM Account"
    info = bulk.wait(bulk.start(query).id)
    rows = [
        dict(zip(page.columns, row, strict=True))
        for page in bulk.pages(info, maximum=1_000)
        for batch in page.batches(300)
        for row in batch
    ]
    by_rest = {
        record["Id"]: record for page in client.query(query) for record in page.records
    }
    assert len(rows) == len(by_rest) == 2_500
    for row in rows:
        record = by_rest[row["Id"]]
        assert row["Name"] == record["Name"]
        assert (row["BillingStreet"] or None) == record["BillingStreet"]
        stamps = row["SystemModstamp"], record["SystemModstamp"]
        assert parse_moment(stamps[0]) == parse_moment(stamps[1])


def test_bulk_pages_can_be_read_again_from_any_locator(client: Client) -> None:
    bulk = BulkQuery(client)
    info = bulk.wait(bulk.start("SELECT Id FROM Account").id)
    with bulk.results(info.id, maximum=1_000) as page:
        first = [row for batch in page.batches() for row in batch]
        locator = page.next_locator
    rest = [
        row
        for one in bulk.pages(info, locator=locator, already=1_000, maximum=1_000)
        for batch in one.batches()
        for row in batch
    ]
    assert len({row[0] for row in first + rest}) == 2_500
    bulk.delete(info.id)
    with pytest.raises(NotFound):
        bulk.info(info.id)


def test_bulk_refuses_what_it_does_not_read(client: Client) -> None:
    bulk = BulkQuery(client)
    for query in (
        "SELECT Id, BillingAddress FROM Account",
        "SELECT Id FROM TaskStatus",
    ):
        with pytest.raises(InvalidRequest):
            bulk.start(query)
    done = bulk.wait(bulk.start("SELECT Id FROM Contact").id)
    with pytest.raises(Conflict), bulk.results(done.id, version="58.0"):
        pass


def test_bulk_writes_many_records(client: Client) -> None:
    ingest = BulkIngest(client)
    job = ingest.start("Contact", "insert")
    rows = [["Ada", 'Lovelace, "Countess"\nof x'], ["Bob", ""]]
    ingest.upload(job.id, write_rows(["FirstName", "LastName"], rows))
    ingest.close(job.id)
    info = ingest.wait(job.id)
    assert (info.records_processed, info.records_failed) == (2, 1)
    with ingest.outcome(job.id, "failedResults") as failed:
        [[[identity, why, *_]]] = failed.batches()
    assert identity == ""
    assert "REQUIRED_FIELD_MISSING" in why
    assert client.count("Contact") == 41


def refusals(org: Any, kind: str) -> list[str]:
    """Names of the refusals that the org can be made to give."""
    netloc = urlsplit(org.base_url).netloc
    found = json.loads(fetch(netloc, "/__simulator__/refusals")[0])
    return [f"{kind}.{name}" for name in found[kind]]


NOT_REFUSED = {"rest.empty", "rest.not_json"}
"""Answers that are none: they are Corrupt, and there is no more to say."""


def test_every_refusal_of_the_org_is_known_and_told_apart(
    org: Any, oauth: OAuthClient, client: Client
) -> None:
    def ask_for_token() -> None:
        oauth.refresh(Secret("x"))

    def ask_for_records() -> None:
        client.query_raw("SELECT Id FROM Account")

    places = {
        "token": ("/services/oauth2/token", ask_for_token),
        "rest": ("/query*", ask_for_records),
    }
    told: dict[str, str] = {}
    for kind, (path, ask) in places.items():
        for name in refusals(org, kind):
            org.faults.clear()
            org.faults.add(path, refuse=name)
            with pytest.raises(SFConnectorError) as caught:
                ask()
            told[name] = failures.explain(caught.value).title
            if name not in NOT_REFUSED:
                own_words = (type(caught.value).__doc__ or "").strip().rstrip(".")
                assert told[name] != own_words, f"{name}: {caught.value}"
    assert len(told) > 60
    assert len(set(told.values())) > 40


def test_every_refusal_at_the_callback_is_known(org: Any) -> None:
    for code in ("access_denied", "OAUTH_APP_BLOCKED", "invalid_scope", "server_error"):
        error = failures.callback_error(code, "words")
        assert failures.explain(error).title != (type(error).__doc__ or "").rstrip(".")
