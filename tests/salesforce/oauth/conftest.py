"""A client of the token endpoint on a stage, and what the stage answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest

from sfconnector.salesforce import Call, HostPolicy, OAuthClient
from sfconnector.secret import Secret
from tests.salesforce.conftest import Stage, answer

SECRET = "canary-consumer-secret"
CODE = "canary-code=="
REFRESH = "5Aep861canary-refresh"
ACCESS = "00DdM00000vfgTu!canary.access"
CALLBACK = "https://site.example/sfconnector/callback/"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def oauth(stage: Stage, calls: list[Call]) -> OAuthClient:
    return client_of(stage, calls, secret=Secret(SECRET))


def client_of(stage: Stage, calls: list[Call], *, secret: Secret | None) -> OAuthClient:
    return OAuthClient(
        stage.origin,
        "consumer-key",
        secret,
        hosts=HostPolicy((stage.netloc,)),
        on_call=calls.append,
        timeout=2.0,
    )


def token(stage: Stage, **more: Any) -> bytes:
    body = {
        "access_token": ACCESS,
        "instance_url": f"{stage.origin}/",
        "id": f"{stage.origin}/id/00DdM00000vfgTuUAI/005dM00000awSFJQA2",
        "issued_at": "1778066860000",
        "token_type": "Bearer",
        "scope": "refresh_token api",
        **more,
    }
    return answer(200, {name: text for name, text in body.items() if text is not None})


def refused(code: str, description: str, status: int = 400) -> bytes:
    return answer(status, {"error": code, "error_description": description})


def sent(stage: Stage, at: int = 0) -> dict[str, str]:
    return dict(parse_qsl(stage.seen[at].body.decode()))
