"""The OAuth flows on the wire: what is sent, what is taken for an answer."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from sfconnector.exceptions import (
    ConfigurationError,
    ConsentRequired,
    Corrupt,
    HostRefused,
    LimitReached,
    SFConnectorError,
    Transient,
)
from sfconnector.salesforce import Call, HostPolicy, OAuthClient
from sfconnector.salesforce.oauth import challenge_of, new_state, new_verifier
from sfconnector.secret import Secret
from tests.salesforce.conftest import Stage, answer, refusal
from tests.salesforce.oauth.conftest import (
    ACCESS,
    CALLBACK,
    CODE,
    FORM,
    REFRESH,
    SECRET,
    client_of,
    refused,
    sent,
    token,
)


def test_the_authorize_address_carries_state_and_challenge() -> None:
    oauth = OAuthClient(
        "https://acme.my.salesforce.com/", "key", None, hosts=HostPolicy()
    )
    verifier, state = new_verifier(), new_state()
    url = oauth.authorize_url(
        redirect_uri=CALLBACK,
        scopes=("api", "refresh_token"),
        state=state,
        code_challenge=challenge_of(verifier),
        prompt="login consent",
        login_hint="ada@acme.example",
    )
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == (
        "https://acme.my.salesforce.com/services/oauth2/authorize"
    )
    assert {name: text[0] for name, text in parse_qs(parts.query).items()} == {
        "response_type": "code",
        "client_id": "key",
        "redirect_uri": CALLBACK,
        "scope": "api refresh_token",
        "state": state.reveal(),
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
        "prompt": "login consent",
        "login_hint": "ada@acme.example",
    }
    assert verifier.reveal() not in url


def test_a_listed_loopback_host_keeps_its_http_in_the_authorize_address(
    oauth: OAuthClient, stage: Stage
) -> None:
    url = oauth.authorize_url(
        redirect_uri=CALLBACK, scopes=(), state=Secret("s" * 43), code_challenge="c"
    )
    assert url.startswith(f"{stage.origin}/services/oauth2/authorize?")
    assert "scope=" not in url
    assert oauth.token_endpoint == f"{stage.origin}/services/oauth2/token"


def test_the_challenge_is_that_of_the_rfc() -> None:
    verifier = Secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert 43 <= len(new_verifier().reveal()) <= 128
    assert new_verifier() != new_verifier()
    assert new_state() != new_state()


def test_a_code_is_exchanged_with_secret_and_verifier_in_the_body(
    oauth: OAuthClient, stage: Stage
) -> None:
    stage.puts(token(stage, refresh_token=REFRESH))
    verifier = new_verifier()
    got = oauth.exchange_code(Secret(CODE), redirect_uri=CALLBACK, verifier=verifier)
    assert sent(stage) == {
        "grant_type": "authorization_code",
        "client_id": "consumer-key",
        "client_secret": SECRET,
        "code": CODE,
        "redirect_uri": CALLBACK,
        "code_verifier": verifier.reveal(),
    }
    assert "authorization" not in stage.seen[0].headers
    assert got.access_token == Secret(ACCESS)
    assert got.refresh_token == Secret(REFRESH)
    assert got.instance_url == stage.origin
    assert (got.org_id, got.user_id) == ("00DdM00000vfgTuUAI", "005dM00000awSFJQA2")
    assert got.scopes == ("refresh_token", "api")
    assert got.issued_at == datetime(2026, 5, 6, 11, 27, 40, tzinfo=UTC)


def test_a_public_client_sends_no_secret(stage: Stage, calls: list[Call]) -> None:
    oauth = client_of(stage, calls, secret=None)
    stage.puts(token(stage))
    oauth.exchange_code(Secret(CODE), redirect_uri=CALLBACK, verifier=new_verifier())
    oauth.refresh(Secret(REFRESH))
    assert "client_secret" not in sent(stage)
    assert sent(stage, 1) == {
        "grant_type": "refresh_token",
        "refresh_token": REFRESH,
        "client_id": "consumer-key",
    }


def test_a_refresh_sends_no_scope_and_tells_of_a_rotated_token(
    oauth: OAuthClient, stage: Stage
) -> None:
    stage.puts(token(stage), token(stage, refresh_token="5Aep861new"))
    assert oauth.refresh(Secret(REFRESH)).refresh_token is None
    rotated = oauth.refresh(Secret(REFRESH)).refresh_token
    assert rotated == Secret("5Aep861new")
    assert sent(stage) == {
        "grant_type": "refresh_token",
        "refresh_token": REFRESH,
        "client_id": "consumer-key",
        "client_secret": SECRET,
    }


def test_more_scopes_than_asked_for_are_no_error(
    oauth: OAuthClient, stage: Stage
) -> None:
    stage.puts(token(stage, scope="web full api refresh_token openid"))
    got = oauth.exchange_code(
        Secret(CODE), redirect_uri=CALLBACK, verifier=new_verifier()
    )
    assert len(got.scopes) == 5


def test_a_minimal_token_answer_is_enough(oauth: OAuthClient, stage: Stage) -> None:
    stage.puts(
        answer(
            200, {"access_token": ACCESS, "instance_url": "https://na1.salesforce.com"}
        )
    )
    got = oauth.client_credentials()
    assert got.instance_url == "https://na1.salesforce.com"
    assert (got.org_id, got.scopes, got.issued_at, got.signature_ok) == (
        "", (), None, None,
    )  # fmt: skip
    assert got.token_type == "Bearer"
    assert sent(stage) == {
        "grant_type": "client_credentials",
        "client_id": "consumer-key",
        "client_secret": SECRET,
    }


def test_client_credentials_need_a_secret(stage: Stage, calls: list[Call]) -> None:
    with pytest.raises(ConfigurationError, match="needs a consumer secret"):
        client_of(stage, calls, secret=None).client_credentials()
    assert stage.seen == []


@pytest.mark.parametrize(
    "more",
    [
        {"instance_url": "https://evil.example"},
        {"instance_url": "http://acme.my.salesforce.com"},
        {"instance_url": "https://acme.my.salesforce.com@evil.example"},
        {"id": "https://evil.example/id/00DdM00000vfgTuUAI/005dM00000awSFJQA2"},
    ],
)
def test_a_token_for_a_foreign_host_is_refused(
    more: dict[str, str], oauth: OAuthClient, stage: Stage
) -> None:
    stage.puts(token(stage, **more))
    with pytest.raises(HostRefused):
        oauth.refresh(Secret(REFRESH))


MAINTENANCE = b"<html><body>We are down for maintenance</body></html>"
NO_ANSWERS: list[tuple[bytes, type[SFConnectorError]]] = [
    (answer(503, MAINTENANCE, kind="text/html"), Transient),
    (answer(503), Transient),
    (answer(200, MAINTENANCE, kind="text/html"), Corrupt),
    (answer(200, b'{"access_token": "00D000000000001!canary'), Corrupt),
    (
        answer(200, b'{"access_token": "00D0!canary"}', zipped=True, length=25),
        Corrupt,
    ),
    (answer(200, b"[]"), Corrupt),
    (answer(200, b"access_token=canary&instance_url=x"), Corrupt),
    (answer(200, {"instance_url": "https://na1.salesforce.com"}), Corrupt),
    (answer(200, {"access_token": 5, "instance_url": "x"}), Corrupt),
    (answer(302, headers={"Location": "https://evil.example/"}), SFConnectorError),
    (answer(307, headers={"Location": "https://evil.example/"}), SFConnectorError),
    (b"", Transient),
    (refused("server_error", "try later", 500), Transient),
    (refused("rate_limit_exceeded", "Number of logins exceeded"), LimitReached),
    (refusal(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests"), LimitReached),
]


@pytest.mark.parametrize(("written", "kind"), NO_ANSWERS)
def test_what_is_no_answer_never_declares_the_grant_dead(
    written: bytes, kind: type[Exception], oauth: OAuthClient, stage: Stage
) -> None:
    stage.puts(written)
    with pytest.raises(kind) as caught:
        oauth.refresh(Secret(REFRESH))
    assert not isinstance(caught.value, ConsentRequired)
    assert "canary" not in str(caught.value)
    assert len(stage.seen) == 1


def test_a_lost_answer_of_a_refresh_is_told_from_one_never_sent(
    oauth: OAuthClient, stage: Stage, calls: list[Call]
) -> None:
    stage.puts(b"")
    with pytest.raises(Transient) as caught:
        oauth.refresh(Secret(REFRESH))
    assert caught.value.code == "answer_lost"
    nowhere = OAuthClient(
        "http://127.0.0.1:1", "key", None, hosts=HostPolicy(("127.0.0.1",))
    )
    with pytest.raises(Transient) as caught:
        nowhere.refresh(Secret(REFRESH))
    assert caught.value.code == "not_sent"


@pytest.mark.parametrize(
    ("written", "kind", "text"),
    [
        (refused("invalid_grant", "expired access/refresh token"), ConsentRequired,
         "invalid_grant: expired access/refresh token"),
        (refused("invalid_client", "invalid client credentials"), ConfigurationError,
         "invalid_client: invalid client credentials"),
        (refused("brand_new_code", "who knows"), SFConnectorError,
         "brand_new_code: who knows"),
    ],
)  # fmt: skip
def test_refusals_are_raised_as_they_came(
    written: bytes, kind: type[Exception], text: str, oauth: OAuthClient, stage: Stage
) -> None:
    stage.puts(written)
    for call in (
        lambda: oauth.refresh(Secret(REFRESH)),
        oauth.client_credentials,
        lambda: oauth.exchange_code(
            Secret(CODE), redirect_uri=CALLBACK, verifier=new_verifier()
        ),
    ):
        with pytest.raises(kind) as caught:
            call()
        assert str(caught.value) == text


def test_a_code_never_follows_a_redirect(
    oauth: OAuthClient, stage: Stage, stage_elsewhere: Stage
) -> None:
    stage_elsewhere.puts(token(stage))
    stage.puts(answer(307, headers={"Location": f"{stage_elsewhere.origin}/services/"}))
    with pytest.raises(SFConnectorError):
        oauth.exchange_code(
            Secret(CODE), redirect_uri=CALLBACK, verifier=new_verifier()
        )
    assert stage_elsewhere.seen == []


def test_revoking_posts_the_token(oauth: OAuthClient, stage: Stage) -> None:
    stage.puts(answer(200))
    oauth.revoke(Secret(REFRESH))
    assert stage.seen[0].target == "/services/oauth2/revoke"
    assert sent(stage) == {"token": REFRESH}
    assert stage.seen[0].headers["content-type"] == FORM


def test_revoking_what_is_dead_is_told_in_whatever_shape(
    oauth: OAuthClient, stage: Stage
) -> None:
    urlencoded = answer(400, b"error=invalid_token&error_description=x", kind=FORM)
    for written in (urlencoded, refused("invalid_token", "x")):
        stage.script = [written]
        with pytest.raises(ConsentRequired, match="invalid_token: x"):
            oauth.revoke(Secret(REFRESH))


def test_userinfo_names_the_user(oauth: OAuthClient, stage: Stage) -> None:
    stage.puts(
        answer(200, {"user_id": "005dM00000awSFJQA2", "name": "Ada",
                     "organization_id": "00DdM00000vfgTuUAI", "active": True,
                     "is_salesforce_integration_user": False, "email": "a@b.example"})
    )  # fmt: skip
    found = oauth.userinfo(Secret(ACCESS), instance_url=stage.origin)
    assert (found.display_name, found.integration_user) == ("Ada", False)
    assert stage.seen[0].headers["authorization"] == f"Bearer {ACCESS}"


def test_userinfo_goes_to_no_foreign_host(oauth: OAuthClient) -> None:
    with pytest.raises(HostRefused):
        oauth.userinfo(Secret(ACCESS), instance_url="https://evil.example")


def test_introspection_tells_whether_a_token_lives(
    oauth: OAuthClient, stage: Stage
) -> None:
    stage.puts(
        answer(200, {"active": True, "scope": "api id", "exp": 1778066860,
                     "username": "a@b.example"}),
        answer(200, {"active": False}),
    )  # fmt: skip
    alive = oauth.introspect(Secret(ACCESS))
    assert (alive.active, alive.scopes) == (True, ("api", "id"))
    assert alive.expires_at == datetime(2026, 5, 6, 11, 27, 40, tzinfo=UTC)
    assert not oauth.introspect(Secret(ACCESS)).active
    assert sent(stage)["token"] == ACCESS


@pytest.mark.parametrize(
    "url", ["https://evil.example", "http://login.salesforce.com", "", "127.0.0.1"]
)
def test_a_login_host_that_is_not_salesforces_is_refused(url: str) -> None:
    with pytest.raises(HostRefused):
        OAuthClient(url, "key", None, hosts=HostPolicy())


def test_no_secret_is_in_any_log_call_or_error(
    oauth: OAuthClient,
    stage: Stage,
    calls: list[Call],
    everything_logged: io.StringIO,
) -> None:
    verifier = new_verifier()
    shown = []
    for written in (
        token(stage, refresh_token=REFRESH),
        refused("invalid_grant", "expired authorization code"),
        answer(200, json.dumps({"access_token": ACCESS})[:-3].encode()),
    ):
        stage.script = [written]
        for call in (
            lambda: oauth.exchange_code(
                Secret(CODE), redirect_uri=CALLBACK, verifier=verifier
            ),
            lambda: oauth.refresh(Secret(REFRESH)),
            oauth.client_credentials,
        ):
            try:
                shown.append(repr(call()))
            except SFConnectorError as error:
                shown.append(f"{error} {error!r} {error.__dict__} {error.__context__}")
    told = everything_logged.getvalue() + repr(calls) + "".join(shown)
    assert "Requesting url" not in told
    for canary in (SECRET, CODE, REFRESH, ACCESS, verifier.reveal(), "canary"):
        assert canary not in told
