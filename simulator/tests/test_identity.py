"""Revoke, introspect, userinfo, identity, discovery, and sessions that end."""

from __future__ import annotations

from urllib.parse import parse_qs

import jwt
import pytest
from visitor import V, oauth_error, rest_error

USERINFO_KEYS = [
    "sub",
    "user_id",
    "organization_id",
    "preferred_username",
    "nickname",
    "name",
    "email",
    "email_verified",
    "given_name",
    "family_name",
    "zoneinfo",
    "photos",
    "profile",
    "picture",
    "address",
    "is_salesforce_integration_user",
    "urls",
    "active",
    "user_type",
    "language",
    "locale",
    "utcOffset",
    "updated_at",
]


def revoke(visitor, token):
    return visitor.call("POST", "/services/oauth2/revoke", data={"token": token})


def introspect(visitor, token):
    form = {
        "token": token,
        "client_id": visitor.org.consumer_key,
        "client_secret": visitor.org.consumer_secret,
    }
    return visitor.call("POST", "/services/oauth2/introspect", data=form)


def test_userinfo_has_the_keys_of_a_real_org_in_their_order(client, salesforce_org):
    answer = client.get("/services/oauth2/userinfo")
    body = answer.json()
    assert list(body) == USERINFO_KEYS
    assert body["organization_id"] == salesforce_org.org_id
    assert body["urls"]["rest"] == (
        salesforce_org.base_url + "/services/data/v{version}/"
    )
    assert body["urls"]["partner"].endswith(salesforce_org.org_id[:15])
    assert "Sforce-Limit-Info" not in answer.headers


@pytest.mark.parametrize(
    ("headers", "word"),
    [
        ({}, "Missing_OAuth_Token"),
        ({"Authorization": "Bearer dead"}, "Bad_OAuth_Token"),
    ],
)
def test_a_dead_token_gets_403_and_one_word(visitor, headers, word):
    answer = visitor.get("/services/oauth2/userinfo", headers=headers)
    assert (answer.status_code, answer.text) == (403, word)


def test_the_identity_url_of_the_token_answer_works(visitor, salesforce_org):
    tokens = visitor.log_in()
    body = visitor.http.get(tokens["id"], timeout=10).json()
    assert body["id"] == tokens["id"]
    assert body["username"] == salesforce_org.user.username
    assert body["asserted_user"] is True
    assert body["status"] == {"created_date": None, "body": None}


def test_the_identity_of_another_org_is_refused(client, salesforce_orgs):
    other = salesforce_orgs("Other", seed=9)
    answer = client.get(f"/id/{other.org_id}/{other.user.id}")
    assert (answer.status_code, answer.text) == (403, "Wrong_Org")


def test_revoking_an_access_token_ends_that_session_only(visitor):
    tokens = visitor.log_in()
    assert revoke(visitor, tokens["access_token"]).status_code == 200
    assert rest_error(visitor.get("/limits")) == (401, "INVALID_SESSION_ID")
    visitor.use(visitor.refresh(tokens["refresh_token"]).json())
    assert visitor.get("/limits").status_code == 200


def test_revoking_a_refresh_token_ends_its_sessions(visitor):
    tokens = visitor.log_in()
    assert revoke(visitor, tokens["refresh_token"]).status_code == 200
    assert visitor.get("/limits").status_code == 401
    answer = visitor.refresh(tokens["refresh_token"])
    assert oauth_error(answer)[2] == "expired access/refresh token"


def test_an_app_may_take_a_revocation_with_its_own_proof_only(visitor, salesforce_org):
    salesforce_org.app.authenticate_revoke = True
    tokens = visitor.log_in()
    assert revoke(visitor, tokens["refresh_token"]).status_code == 400
    assert visitor.get("/limits").status_code == 200
    proof = {
        "client_id": salesforce_org.consumer_key,
        "client_secret": salesforce_org.consumer_secret,
    }
    form = {"token": tokens["refresh_token"], **proof}
    answer = visitor.call("POST", "/services/oauth2/revoke", data=form)
    assert answer.status_code == 200
    assert visitor.get("/limits").status_code == 401


def test_revoking_nonsense_gets_400_form_encoded(visitor):
    answer = revoke(visitor, "nonsense")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert parse_qs(answer.text)["error"] == ["invalid_token"]


def test_introspection_tells_seconds_as_numbers(visitor, salesforce_org):
    tokens = visitor.log_in()
    body = introspect(visitor, tokens["access_token"]).json()
    assert body["active"] is True
    assert body["token_type"] == "access_token"
    assert body["username"] == salesforce_org.user.username
    assert body["exp"] - body["iat"] >= 7200
    kind = introspect(visitor, tokens["refresh_token"]).json()["token_type"]
    assert kind == "refresh_token"


def test_introspection_of_a_dead_token_says_nothing_else(visitor):
    assert introspect(visitor, "dead").json() == {"active": False}


def test_the_discovery_document_names_living_endpoints(visitor, salesforce_org):
    body = visitor.get("/.well-known/openid-configuration").json()
    assert body["issuer"] == salesforce_org.base_url
    for name in ("authorization", "token", "revocation", "userinfo", "introspection"):
        path = body[f"{name}_endpoint"].removeprefix(salesforce_org.base_url)
        assert visitor.get(path).status_code != 404


def test_an_id_token_verifies_with_the_published_key(visitor, salesforce_org):
    tokens = visitor.log_in(scope="api refresh_token openid", nonce="once")
    keys = jwt.PyJWKSet.from_dict(visitor.get("/id/keys").json())
    claims = jwt.decode(
        tokens["id_token"],
        keys.keys[0].key,
        algorithms=["RS256"],
        audience=salesforce_org.consumer_key,
    )
    assert claims["sub"] == tokens["id"]
    assert claims["nonce"] == "once"


def test_a_session_ends_two_hours_after_its_last_use(client, salesforce_org):
    salesforce_org.clock.advance(7000)
    assert client.get("/limits").status_code == 200
    salesforce_org.clock.advance(7000)
    assert client.get("/limits").status_code == 200
    salesforce_org.clock.advance(7300)
    answer = client.get("/limits")
    assert answer.json() == [
        {"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}
    ]
    assert answer.status_code == 401


def test_expire_sessions_leaves_refresh_tokens_alone(visitor, salesforce_org):
    visitor.log_in()
    assert salesforce_org.expire_sessions() == 1
    assert visitor.get("/limits").status_code == 401
    assert visitor.refresh().status_code == 200


def test_a_token_without_the_api_scope_cannot_use_rest(visitor):
    visitor.log_in(scope="openid")
    answer = visitor.get("/limits")
    assert rest_error(answer) == (401, "INVALID_SESSION_ID")
    assert "not valid for use with the REST API" in answer.json()[0]["message"]


def test_a_missing_header_is_told_apart_from_a_dead_token(visitor):
    assert rest_error(visitor.get(V)) == (401, "INVALID_AUTH_HEADER")


def test_the_old_word_oauth_is_taken_for_bearer(client):
    token = client.tokens["access_token"]
    answer = client.get("/limits", headers={"Authorization": f"OAuth {token}"})
    assert answer.status_code == 200


def test_a_user_is_called_as_the_username_begins(salesforce_org):
    users = salesforce_org.users
    assert users.add("bob.builder@acme.example").name == "Bob Builder"
    assert users.add("eve@acme.example").name == "Eve User"
    assert users.add("x@acme.example", last_name="Y").name == "X Y"
    assert salesforce_org.user.name == "Ada Admin"
