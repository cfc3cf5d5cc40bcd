"""The token endpoint: codes, PKCE, refresh, rotation, machine grants."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from visitor import CHALLENGE, VERIFIER, Visitor, oauth_error

DEAD = (400, "invalid_grant", "expired access/refresh token")


def test_a_code_becomes_tokens_without_expires_in(visitor, salesforce_org):
    tokens = visitor.log_in(scope="api refresh_token")
    assert sorted(tokens) == [
        "access_token",
        "id",
        "instance_url",
        "issued_at",
        "refresh_token",
        "scope",
        "signature",
        "token_type",
    ]
    assert tokens["access_token"].startswith(salesforce_org.org_id[:15] + "!")
    assert tokens["refresh_token"].startswith("5Aep861")
    assert tokens["instance_url"] == salesforce_org.base_url
    assert tokens["scope"] == "api refresh_token"
    assert isinstance(tokens["issued_at"], str)
    assert abs(int(tokens["issued_at"]) / 1000 - time.time()) < 60


def test_the_signature_is_the_hmac_of_id_and_issued_at(visitor, salesforce_org):
    tokens = visitor.log_in()
    message = (tokens["id"] + tokens["issued_at"]).encode()
    digest = hmac.new(salesforce_org.consumer_secret.encode(), message, hashlib.sha256)
    assert tokens["signature"] == base64.b64encode(digest.digest()).decode()


def test_without_the_refresh_scope_there_is_no_refresh_token(visitor):
    assert "refresh_token" not in visitor.log_in(scope="api")


def test_a_code_is_good_for_one_use(visitor):
    code = visitor.code()
    assert visitor.exchange(code).status_code == 200
    assert oauth_error(visitor.exchange(code)) == (
        400,
        "invalid_grant",
        "expired authorization code",
    )


def test_a_code_is_good_for_fifteen_minutes(visitor, salesforce_org):
    code = visitor.code()
    salesforce_org.clock.advance(15 * 60 + 1)
    assert oauth_error(visitor.exchange(code))[2] == "expired authorization code"


def test_a_code_that_never_was_is_invalid(visitor):
    assert oauth_error(visitor.exchange("aPrxNothing"))[2] == (
        "invalid authorization code"
    )


def test_the_redirect_uri_must_be_the_one_of_the_code(visitor):
    answer = visitor.exchange(visitor.code(), redirect_uri="http://127.0.0.1/other")
    assert oauth_error(answer)[1] == "redirect_uri_mismatch"


def test_a_code_of_another_app_is_refused(visitor, salesforce_org):
    other = salesforce_org.apps.add(name="Other")
    code = visitor.code()
    answer = visitor.exchange(
        code, client_id=other.consumer_key, client_secret=other.consumer_secret
    )
    assert oauth_error(answer)[1] == "invalid_grant"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"client_id": "nobody"}, "invalid_client_id"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_secret": None}, "invalid_client"),
    ],
)
def test_the_client_must_prove_itself(visitor, form, error):
    answer = visitor.exchange(visitor.code(), **form)
    assert oauth_error(answer)[:2] == (400, error)


def test_a_public_client_needs_no_secret_but_a_wrong_one_is_refused(
    visitor, salesforce_org
):
    salesforce_org.app.require_secret = False
    assert visitor.exchange(visitor.code(), client_secret=None).status_code == 200
    wrong = visitor.exchange(visitor.code(), client_secret="wrong")
    assert wrong.status_code == 400


def test_the_client_may_use_basic_authentication(visitor, salesforce_org):
    answer = visitor.http.post(
        salesforce_org.base_url + "/services/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=(salesforce_org.consumer_key, salesforce_org.consumer_secret),
        timeout=10,
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("verifier", "error"),
    [
        (VERIFIER, None),
        (None, "invalid_grant"),
        (VERIFIER[:-1] + "x", "invalid_request"),
    ],
)
def test_a_challenge_needs_its_verifier(visitor, verifier, error):
    code = visitor.code(code_challenge=CHALLENGE, code_challenge_method="S256")
    answer = visitor.exchange(code, code_verifier=verifier)
    assert answer.json().get("error") == error


def test_a_verifier_for_a_code_without_a_challenge_is_refused(visitor):
    answer = visitor.exchange(visitor.code(), code_verifier=VERIFIER)
    assert answer.json()["error"] == "invalid_request"


def test_an_unknown_grant_type_is_unsupported(visitor):
    assert oauth_error(visitor.token(grant_type="implicit")) == (
        400,
        "unsupported_grant_type",
        "grant type not supported",
    )


@pytest.mark.parametrize("form", ["urlencoded", "xml"])
def test_the_answer_comes_in_the_format_asked_for(visitor, form):
    answer = visitor.token(grant_type="client_credentials", format=form)
    assert form in answer.headers["Content-Type"]
    assert "access_token" in answer.text


def test_a_refresh_gives_a_new_access_token_and_no_refresh_token(visitor):
    old = visitor.log_in()
    new = visitor.refresh().json()
    assert new["access_token"] != old["access_token"]
    assert "refresh_token" not in new
    assert visitor.refresh().status_code == 200


def test_rotation_gives_a_new_refresh_token_each_time(visitor, salesforce_org):
    salesforce_org.app.rotate_refresh_tokens = True
    first = visitor.log_in()["refresh_token"]
    second = visitor.refresh(first).json()["refresh_token"]
    third = visitor.refresh(second).json()["refresh_token"]
    assert len({first, second, third}) == 3
    assert salesforce_org.refresh_reuses == 0


def test_a_rotated_out_token_revokes_the_whole_grant(visitor, salesforce_org):
    salesforce_org.app.rotate_refresh_tokens = True
    first = visitor.log_in()["refresh_token"]
    fresh = visitor.refresh(first).json()
    visitor.use(fresh)
    assert oauth_error(visitor.refresh(first)) == DEAD
    assert oauth_error(visitor.refresh(fresh["refresh_token"])) == DEAD
    assert visitor.get("/limits").status_code == 401
    assert salesforce_org.refresh_reuses == 1


def test_the_sixth_approval_revokes_the_oldest(visitor):
    tokens = [visitor.log_in()["refresh_token"] for _ in range(6)]
    assert oauth_error(visitor.refresh(tokens[0])) == DEAD
    assert all(visitor.refresh(token).status_code == 200 for token in tokens[1:])


def test_approvals_are_counted_per_user(visitor, salesforce_org):
    salesforce_org.users.add("bob@acme.example")
    first = visitor.log_in()["refresh_token"]
    for _ in range(5):
        visitor.log_in(username="bob@acme.example")
    assert visitor.refresh(first).status_code == 200


def test_the_refresh_token_of_an_inactive_user_is_dead(visitor, salesforce_org):
    visitor.log_in()
    salesforce_org.user.active = False
    assert oauth_error(visitor.refresh())[1:] == ("invalid_grant", "inactive user")


def test_a_moved_org_names_its_new_instance_at_the_next_refresh(
    visitor, salesforce_org
):
    visitor.log_in()
    new = salesforce_org.base_url.replace("127.0.0.1", "localhost")
    salesforce_org.move_instance(new + "/", close_old=True)
    assert visitor.get("/limits").status_code == 420
    tokens = visitor.refresh().json()
    assert tokens["instance_url"] == new
    answer = visitor.http.get(
        new + "/services/data/v66.0/limits",
        headers={"Authorization": f"Bearer {tokens['access_token']}"},
        timeout=10,
    )
    assert answer.status_code == 200


def test_a_refresh_token_may_die_of_idleness(visitor, salesforce_org):
    salesforce_org.app.refresh_idle_seconds = 30 * 86_400
    visitor.log_in()
    salesforce_org.clock.advance(29 * 86_400)
    assert visitor.refresh().status_code == 200
    salesforce_org.clock.advance(29 * 86_400)
    assert visitor.refresh().status_code == 200
    salesforce_org.clock.advance(31 * 86_400)
    assert oauth_error(visitor.refresh()) == DEAD


def test_a_refreshed_sandbox_is_another_org_at_the_same_place(visitor):
    old = visitor.log_in()
    visitor.org.refresh_sandbox(seed=77)
    assert oauth_error(visitor.refresh()) == DEAD
    new = visitor.log_in()
    assert new["id"] != old["id"]
    assert new["id"].split("/")[-2] == visitor.org.org_id
    assert new["instance_url"] == old["instance_url"]


def test_client_credentials_run_as_the_named_user_without_refresh(visitor):
    tokens = visitor.enter().tokens
    assert "refresh_token" not in tokens
    assert "id_token" not in tokens
    assert tokens["id"].endswith(visitor.org.user.id)


def test_client_credentials_need_a_run_as_user(visitor, salesforce_org):
    salesforce_org.app.client_credentials_user = None
    answer = visitor.token(grant_type="client_credentials")
    assert oauth_error(answer)[2] == "no client credentials user enabled"


def test_client_credentials_are_refused_on_a_log_in_host(visitor, salesforce_org):
    salesforce_org.login_hosts.add("localhost")
    url = salesforce_org.base_url.replace("127.0.0.1", "localhost")
    form = {
        "grant_type": "client_credentials",
        "client_id": salesforce_org.consumer_key,
        "client_secret": salesforce_org.consumer_secret,
    }
    answer = visitor.http.post(f"{url}/services/oauth2/token", data=form, timeout=10)
    assert oauth_error(answer)[2] == "request not supported on this domain"
    visitor.enter()


def test_jwt_access_tokens_say_so(visitor, salesforce_org):
    salesforce_org.app.jwt_tokens = True
    tokens = visitor.enter().tokens
    assert tokens["token_format"] == "jwt"
    assert tokens["access_token"].count(".") == 2
    assert visitor.get("/limits").status_code == 200


class TestJwtBearer:
    """Assertions signed with a real RSA library."""

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @pytest.fixture
    def app(self, salesforce_org):
        salesforce_org.app.public_key = pem(self.key, "spki")
        return salesforce_org.app

    def assertion(self, org, *, key=None, alg="RS256", **changes):
        claims = {
            "iss": org.consumer_key,
            "sub": org.user.username,
            "aud": "https://login.salesforce.com",
            "exp": int(time.time()) + 180,
            **changes,
        }
        return jwt.encode(claims, key or self.key, algorithm=alg)

    def send(self, visitor: Visitor, assertion: str):
        return visitor.token(
            grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer",
            assertion=assertion,
            client_id=None,
            client_secret=None,
        )

    @pytest.mark.parametrize("form", ["spki", "pkcs1", "certificate"])
    def test_a_good_assertion_gets_a_token(self, visitor, app, form):
        app.public_key = pem(self.key, form)
        answer = self.send(visitor, self.assertion(visitor.org))
        assert answer.status_code == 200, answer.text
        assert "refresh_token" not in answer.json()
        visitor.use(answer.json())
        assert visitor.get("/limits").status_code == 200

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"aud": "https://example.com"}, "Audience validation failed"),
            ({"exp": 1_600_000_000}, "invalid assertion"),
            ({"exp": "soon"}, "invalid assertion"),
            ({"sub": "nobody@acme.example"}, "user hasn't approved this consumer"),
            ({"iss": "nobody"}, "client identifier invalid"),
        ],
    )
    def test_wrong_claims_are_refused(self, visitor, app, changes, error):
        answer = self.send(visitor, self.assertion(visitor.org, **changes))
        assert oauth_error(answer)[2] == error

    def test_an_end_in_milliseconds_is_taken(self, visitor, app):
        """As the Salesforce CLI sends it, and as orgs take it."""
        far = int(time.time() * 1000) + 300
        answer = self.send(visitor, self.assertion(visitor.org, exp=far))
        assert answer.status_code == 200, answer.text

    def test_a_strange_signature_is_refused(self, visitor, app):
        answer = self.send(visitor, self.assertion(visitor.org, key=self.other))
        assert oauth_error(answer)[2] == "invalid assertion"

    def test_an_unsigned_assertion_is_refused(self, visitor, app):
        claims = {"iss": visitor.org.consumer_key, "sub": "x", "exp": 4e9}
        unsigned = jwt.encode(claims, None, algorithm="none")
        assert oauth_error(self.send(visitor, unsigned))[2] == "invalid assertion"

    def test_noise_is_refused(self, visitor, app):
        assert oauth_error(self.send(visitor, "a.b.c"))[2] == "invalid assertion"

    def test_a_jti_is_good_once(self, visitor, app):
        assertion = self.assertion(visitor.org, jti="one")
        assert self.send(visitor, assertion).status_code == 200
        assert oauth_error(self.send(visitor, assertion))[1] == "bad_jti_claim"

    def test_a_user_must_have_approved_an_app_that_is_not_preapproved(
        self, visitor, app
    ):
        app.preapproved = False
        answer = self.send(visitor, self.assertion(visitor.org))
        assert oauth_error(answer)[2] == "user hasn't approved this consumer"
        visitor.log_in()
        assert self.send(visitor, self.assertion(visitor.org)).status_code == 200

    def test_an_app_without_a_key_has_no_such_flow(self, visitor):
        answer = self.send(visitor, self.assertion(visitor.org))
        assert oauth_error(answer)[1] == "oauth_flow_disabled"

    def test_a_signed_assertion_replaces_the_client_secret(self, visitor, app):
        answer = visitor.token(
            grant_type="client_credentials",
            client_id=None,
            client_secret=None,
            client_assertion_type=(
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            ),
            client_assertion=self.assertion(visitor.org, sub=visitor.org.consumer_key),
        )
        assert answer.status_code == 200, answer.text


def pem(key: rsa.RSAPrivateKey, form: str) -> str:
    if form == "certificate":
        return certificate(key)
    formats = {
        "spki": serialization.PublicFormat.SubjectPublicKeyInfo,
        "pkcs1": serialization.PublicFormat.PKCS1,
    }
    public = key.public_key()
    return public.public_bytes(serialization.Encoding.PEM, formats[form]).decode()


def certificate(key: rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()
