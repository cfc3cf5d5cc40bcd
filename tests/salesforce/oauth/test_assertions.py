"""The assertion of the JWT bearer flow."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from sfconnector.exceptions import ConfigurationError
from sfconnector.salesforce import HostPolicy, OAuthClient
from sfconnector.salesforce.oauth.assertions import audience_of, signed
from sfconnector.secret import Secret
from tests.salesforce.conftest import Stage, answer

NOW = datetime(2026, 5, 6, 9, 0, tzinfo=UTC)


def pem_of(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> Secret:
    raw = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return Secret(raw.decode())


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_the_assertion_is_signed_by_the_key(key: rsa.RSAPrivateKey) -> None:
    made = signed(
        issuer="consumer-key",
        subject="ada@acme.example",
        audience="https://login.salesforce.com",
        private_key=pem_of(key),
        now=NOW,
    ).reveal()
    head, claims, signature = made.split(".")
    key.public_key().verify(
        decoded(signature),
        f"{head}.{claims}".encode(),
        padding.PKCS1v15(),
        hashes.SHA256(),
    )
    assert json.loads(decoded(head)) == {"alg": "RS256"}
    assert json.loads(decoded(claims)) == {
        "iss": "consumer-key",
        "sub": "ada@acme.example",
        "aud": "https://login.salesforce.com",
        "exp": int(NOW.timestamp()) + 180,
    }


@pytest.mark.parametrize("text", ["", "canary", "-----BEGIN PRIVATE KEY-----\ncanary"])
def test_a_key_that_cannot_be_read_is_said_without_showing_it(text: str) -> None:
    with pytest.raises(
        ConfigurationError, match="must be an unencrypted RSA"
    ) as caught:
        signed(issuer="i", subject="s", audience="a", private_key=Secret(text))
    assert "canary" not in str(caught.value)


def test_a_key_of_another_kind_is_refused() -> None:
    other = pem_of(ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(ConfigurationError):
        signed(issuer="i", subject="s", audience="a", private_key=other)


@pytest.mark.parametrize(
    ("login", "audience"),
    [
        ("https://login.salesforce.com", "https://login.salesforce.com"),
        ("https://acme.my.salesforce.com", "https://login.salesforce.com"),
        ("https://acme-dev-ed.develop.my.salesforce.com",
         "https://login.salesforce.com"),
        ("https://test.salesforce.com", "https://test.salesforce.com"),
        ("https://acme--uat.sandbox.my.salesforce.com", "https://test.salesforce.com"),
        ("https://acme.cs42.my.salesforce.com", "https://test.salesforce.com"),
    ],
)  # fmt: skip
def test_the_audience_fits_the_login_host(login: str, audience: str) -> None:
    assert audience_of(login) == audience


def test_the_flow_posts_the_assertion(stage: Stage, key: rsa.RSAPrivateKey) -> None:
    body = {"access_token": "a", "instance_url": "https://x.my.salesforce.com"}
    stage.puts(answer(200, body))
    oauth = OAuthClient(stage.origin, "key", None, hosts=HostPolicy(("127.0.0.1",)))
    got = oauth.jwt_bearer(username="ada@acme.example", private_key=pem_of(key))
    assert got.refresh_token is None
    sent = stage.seen[0].body
    assert b"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer" in sent
    assert b"assertion=ey" in sent
