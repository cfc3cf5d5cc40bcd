"""The authorize page: allow, deny, refuse, and never redirect to a stranger."""

from __future__ import annotations

import html
import re

import pytest
from visitor import CALLBACK, CHALLENGE, callback_params


def page(visitor, **changes):
    return visitor.get("/services/oauth2/authorize", params=visitor.asked(**changes))


def test_the_page_names_the_org_the_app_and_what_it_asks_for(visitor):
    answer = page(visitor, scope="api refresh_token")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html;charset=UTF-8"
    for words in ("Acme", "sfconnector", "Manage user data via APIs", "Allow", "Deny"):
        assert words in answer.text


def test_the_page_loads_nothing_from_elsewhere(visitor):
    text = page(visitor).text
    assert "<script" not in text
    assert "<link" not in text
    assert "<img" not in text


def test_the_enter_key_allows(visitor):
    """A browser presses the first button of the form."""
    buttons = re.findall(r'<button[^>]* value="(\w+)"', page(visitor).text)
    assert buttons == ["allow", "deny"]


def test_allow_comes_back_with_a_code_and_the_state_untouched(visitor):
    answer = visitor.authorize()
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(CALLBACK + "?")
    params = callback_params(answer)
    assert params["state"] == "state+with/odd=signs"
    assert params["code"].endswith("==")


def test_a_plain_post_with_the_parameters_in_the_url_allows_too(visitor):
    answer = visitor.call(
        "POST",
        "/services/oauth2/authorize",
        params=visitor.asked(),
        data={"allow": "1"},
    )
    assert "code" in callback_params(answer)


def test_a_redirect_uri_with_a_query_keeps_it(visitor):
    answer = visitor.authorize(redirect_uri=CALLBACK + "?next=1")
    assert answer.headers["Location"].startswith(CALLBACK + "?next=1&code=")


def test_deny_comes_back_with_access_denied(visitor):
    params = callback_params(visitor.authorize("deny"))
    assert params == {
        "error": "access_denied",
        "error_description": "end-user denied authorization",
        "state": "state+with/odd=signs",
    }


def test_a_post_without_a_button_shows_the_page_again(visitor):
    assert visitor.authorize("").status_code == 200


def test_an_unknown_client_gets_a_page_and_no_redirect(visitor):
    answer = page(visitor, client_id="nobody")
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert (
        "error=invalid_client_id&error_description=client%20identifier%20invalid"
        in html.unescape(answer.text)
    )


@pytest.mark.parametrize(
    "uri", [CALLBACK + "/", CALLBACK.upper(), "https://evil.example/", CALLBACK + "?x"]
)
def test_a_redirect_uri_must_match_to_the_character(visitor, salesforce_org, uri):
    salesforce_org.app.redirect_uris = (CALLBACK,)
    answer = visitor.authorize(redirect_uri=uri)
    assert answer.status_code == 400
    assert "redirect_uri_mismatch" in answer.text
    assert visitor.authorize().status_code == 302


def test_a_missing_redirect_uri_gets_a_page(visitor):
    answer = page(visitor, redirect_uri=None)
    assert answer.status_code == 400
    assert "redirect_uri_missing" in answer.text


def test_what_the_request_says_is_escaped_on_the_page(visitor):
    text = page(visitor, state='"><script>alert(1)</script>').text
    assert "<script" not in text


def test_only_the_code_flow_is_offered(visitor):
    params = callback_params(visitor.authorize(response_type="token"))
    assert params["error"] == "unsupported_response_type"


def test_pkce_can_be_required(visitor, salesforce_org):
    salesforce_org.app.require_pkce = True
    params = callback_params(visitor.authorize())
    assert (params["error"], params["error_description"]) == (
        "invalid_request",
        "missing required code challenge",
    )
    assert "code" in callback_params(visitor.authorize(code_challenge=CHALLENGE))


def test_only_the_challenge_method_s256_is_taken(visitor):
    answer = visitor.authorize(code_challenge="x", code_challenge_method="plain")
    assert callback_params(answer)["error"] == "invalid_request"


def test_a_scope_the_app_lacks_fails_after_the_log_in(visitor):
    assert page(visitor, scope="api chatter_api").status_code == 200
    answer = visitor.authorize(scope="api chatter_api")
    assert callback_params(answer)["error"] == "invalid_scope"


def test_a_wrong_password_stays_on_the_page(visitor):
    answer = visitor.authorize(
        username=visitor.org.user.username, password="wrong-password"
    )
    assert answer.status_code == 200
    assert "Please check your username and password" in answer.text


def test_the_right_password_is_required_when_asked_for(visitor, salesforce_org):
    salesforce_org.require_login = True
    assert visitor.authorize().status_code == 200
    user = salesforce_org.user
    answer = visitor.authorize(username=user.username, password=user.password)
    assert answer.status_code == 302


def test_each_of_several_users_gets_a_token_of_their_own(visitor, salesforce_org):
    bob = salesforce_org.users.add(
        "bob@acme.example", first_name="Bob", last_name="Builder"
    )
    assert "bob@acme.example" in page(visitor).text
    first = visitor.log_in()
    second = visitor.log_in(username="bob@acme.example")
    assert first["id"].endswith(salesforce_org.user.id)
    assert second["id"].endswith(bob.id)
    assert visitor.get("/services/oauth2/userinfo").json()["name"] == "Bob Builder"


def test_an_inactive_user_cannot_log_in(visitor, salesforce_org):
    salesforce_org.users.add("gone@acme.example", active=False)
    assert visitor.authorize(username="gone@acme.example").status_code == 200


def test_immediate_needs_an_approval(visitor):
    refused = page(visitor, immediate="true")
    assert callback_params(refused)["error"] == "immediate_unsuccessful"
    visitor.log_in()
    assert "code" in callback_params(page(visitor, immediate="true"))
