"""A crash report that collects local variables finds no secret in our errors."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sfconnector.exceptions import Corrupt, SFConnectorError
from sfconnector.salesforce import Client, HostPolicy, OAuthClient
from sfconnector.salesforce.oauth import grants
from sfconnector.salesforce.quiet import bare, quiet
from sfconnector.secret import Secret
from tests.salesforce.conftest import JSON, TOKEN, Stage, answer, drips

CANARY = "canaryCANARYcanary"
MADE = Secret(CANARY)


def chain_of(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def report_of(error: BaseException) -> str:
    """Collect what a reporter does: every frame's locals, of every chained error.

    The test's own frames are left out: what is written there is no secret.
    """
    lines: list[str] = []
    for one in chain_of(error):
        lines.append(f"{one!r} {vars(one)}")
        for frame, _ in traceback.walk_tb(one.__traceback__):
            if frame.f_code.co_filename != __file__:
                lines.append(frame.f_code.co_name)
                lines += [f"{name}={it!r}" for name, it in frame.f_locals.items()]
    return "\n".join(lines)


def pem() -> Secret:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    raw = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return Secret(raw.decode())


@pytest.fixture
def oauth(stage: Stage) -> OAuthClient:
    return OAuthClient(
        stage.origin, "key", MADE, hosts=HostPolicy(("127.0.0.1",)), timeout=0.3
    )


CALLS: dict[str, Any] = {
    "code": lambda oauth: oauth.exchange_code(
        MADE, redirect_uri="https://x.example/", verifier=MADE
    ),
    "refresh": lambda oauth: oauth.refresh(MADE),
    "client credentials": lambda oauth: oauth.client_credentials(),
    "jwt": lambda oauth: oauth.jwt_bearer(username="a@b.example", private_key=pem()),
    "revoke": lambda oauth: oauth.revoke(MADE),
    "introspect": lambda oauth: oauth.introspect(MADE),
}
LEAKY = f'{{"access_token": "{CANARY}", "refresh_token": "{CANARY}", "instance_url": '
ANSWERS = {
    "refused": answer(400, {"error": "invalid_grant", "error_description": "x"}),
    "unknown": answer(400, {"error": "new", "error_description": f"code={CANARY}"}),
    "broken": b"",
    "cut json": answer(200, LEAKY.encode()),
    "foreign host": answer(200, f'{LEAKY}"https://evil.example"}}'.encode()),
    "half a body": answer(200, LEAKY.encode(), length=9_999),
    "slow": drips(answer(200, length=500), pieces=10, pause=0.06),
}


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("call", CALLS)
def test_a_failed_login_shows_no_secret(
    call: str, name: str, oauth: OAuthClient, stage: Stage
) -> None:
    stage.puts(ANSWERS[name])
    try:
        CALLS[call](oauth)
    except SFConnectorError as error:
        report = report_of(error)
        assert "quietly" in report
        assert CANARY not in report
        assert "PRIVATE KEY" not in report
    else:
        assert (call, name) in {("revoke", "cut json"), ("revoke", "foreign host"),
                                ("introspect", "foreign host")}  # fmt: skip


def test_a_failure_nobody_thought_of_shows_no_secret(
    oauth: OAuthClient, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(value: object, **_: object) -> None:
        raise KeyError(CANARY)

    monkeypatch.setattr(grants, "read_token", explode)
    stage.puts(answer(200, f'{LEAKY}"https://na1.salesforce.com"}}'.encode()))
    with pytest.raises(Corrupt, match="unexpected KeyError in explode, line") as caught:
        oauth.refresh(MADE)
    assert CANARY not in report_of(caught.value)


@pytest.mark.parametrize("written", [b"", answer(200, b"{", kind=JSON, length=99)])
def test_a_failed_call_shows_no_token(
    written: bytes, client: Client, stage: Stage
) -> None:
    stage.puts(written)
    with pytest.raises(SFConnectorError) as caught:
        client.limits()
    report = report_of(caught.value)
    assert "limits" in report
    assert "_receive" not in report, "no frame below the door is left"
    assert TOKEN not in report


def test_a_bare_error_has_neither_traceback_nor_chain() -> None:
    try:
        try:
            raise ValueError(CANARY)
        except ValueError:
            raise Corrupt from None
    except Corrupt as error:
        naked = bare(error)
    assert (naked.__traceback__, naked.__context__, naked.__cause__) == (None,) * 3


def test_what_succeeds_is_given_back() -> None:
    assert quiet(lambda one: one)(5) == 5
