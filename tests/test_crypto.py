from __future__ import annotations

import base64
import stat
import threading
import uuid
from pathlib import Path

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from sfconnector import crypto
from sfconnector.exceptions import ConfigurationError, SecretUnreadable
from sfconnector.models import ConnectedApp, Credential, KeyCanary, Org
from sfconnector.secret import Secret
from tests.connections import settings_with

ROW = uuid.uuid4()


def key(kid: str, fill: int) -> str:
    return f"{kid}:{base64.b64encode(bytes([fill]) * 32).decode()}"


def keyed(*entries: str) -> override_settings:
    return override_settings(
        SFCONNECTOR=settings_with(ENCRYPTION_KEYS=",".join(entries))
    )


def sealed(text: str = "a secret", *, purpose: str = "p", row: uuid.UUID = ROW) -> str:
    return crypto.seal(Secret(text), purpose=purpose, row_uuid=row)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.uuids())
def test_what_was_sealed_opens_for_the_same_row_and_purpose(text: str, row: uuid.UUID):
    token = crypto.seal(Secret(text), purpose="p", row_uuid=row)
    assert crypto.unseal(token, purpose="p", row_uuid=row) == Secret(text)


def test_a_sealed_secret_names_its_version_and_key():
    version, kid, _body = sealed().split("$")
    assert (version, kid) == ("sfc1", "t1")
    assert crypto.kid_of(sealed()) == "t1"
    assert "a secret" not in sealed()


def test_the_same_secret_is_sealed_differently_each_time():
    assert sealed() != sealed()


def test_s24_a_ciphertext_does_not_open_in_another_row_or_column():
    token = sealed()
    for purpose, row in (("other", ROW), ("p", uuid.uuid4())):
        with pytest.raises(SecretUnreadable) as caught:
            crypto.unseal(token, purpose=purpose, row_uuid=row)
        assert caught.value.code == "damaged"


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token[:-2] + ("AA" if token[-2:] != "AA" else "BB"),
        lambda token: token[:12],
        lambda token: token.replace("sfc1", "sfc2"),
        lambda token: "gAAAAAB",
        lambda token: "",
        lambda token: token + "é",
        lambda token: "sfc1$t1$",
    ],
)
def test_a_damaged_ciphertext_is_an_error_and_never_given_back(change: object):
    damaged = change(sealed())
    with pytest.raises(SecretUnreadable):
        crypto.unseal(damaged, purpose="p", row_uuid=ROW)


def test_every_configured_key_opens_and_the_first_one_seals():
    with keyed(key("k1", 1)):
        old = sealed()
    with keyed(key("k2", 2), key("k1", 1)):
        assert crypto.unseal(old, purpose="p", row_uuid=ROW) == Secret("a secret")
        assert crypto.kid_of(sealed()) == "k2"
    with keyed(key("k2", 2)), pytest.raises(SecretUnreadable) as caught:
        crypto.unseal(old, purpose="p", row_uuid=ROW)
    assert caught.value.code == "unknown_key"
    assert "'k1'" in str(caught.value)


def test_a_key_without_a_name_is_named_by_its_digest():
    bare = key("", 5).removeprefix(":")
    with keyed(bare):
        kid = crypto.kid_of(sealed())
    assert len(kid) == 8
    with keyed(bare):
        assert crypto.kid_of(sealed()) == kid


def test_no_error_about_keys_shows_a_key():
    bad = base64.b64encode(b"too short, but still a secret").decode()
    with keyed(f"k1:{bad}"), pytest.raises(ConfigurationError) as caught:
        crypto.ring()
    assert bad not in str(caught.value)
    frames = []
    trace = caught.value.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == crypto.__file__:
            frames.append(repr(trace.tb_frame.f_locals))
        trace = trace.tb_next
    assert frames
    assert bad not in "".join(frames)


def test_without_a_key_nothing_is_sealed():
    with keyed(""), pytest.raises(ConfigurationError) as caught:
        sealed()
    assert "sf_keys generate" in caught.value.remedy


def test_the_key_of_development_is_random_private_and_made_once(tmp_path: Path):
    path = tmp_path / "dev.key"
    values = settings_with(ENCRYPTION_KEYS="", DEV_KEY_FILE=str(path))
    with override_settings(DEBUG=True, SFCONNECTOR=values):
        tokens: list[str] = []
        threads = [
            threading.Thread(target=lambda: tokens.append(sealed())) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for token in tokens:
            assert crypto.unseal(token, purpose="p", row_uuid=ROW)
    assert len(tokens) == 8
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["dev.key"]


class Vault:
    """A key ring that a host project brought along."""

    def primary(self) -> crypto.Key:
        return crypto.Key("vault", Secret(base64.b64encode(b"v" * 32).decode()))

    def get(self, kid: str) -> crypto.Key | None:
        return self.primary() if kid == "vault" else None

    def ids(self) -> list[str]:
        return ["vault"]


def test_a_host_may_bring_its_own_key_ring():
    with override_settings(
        SFCONNECTOR=settings_with(KEYRING="tests.test_crypto.Vault")
    ):
        token = sealed()
        assert crypto.kid_of(token) == "vault"
        assert crypto.unseal(token, purpose="p", row_uuid=ROW)


@pytest.mark.django_db
def test_the_first_use_of_a_key_leaves_a_canary():
    app = ConnectedApp(name="App", consumer_key="3MVG9")
    app.set_consumer_secret(Secret("s3cr3t of the app"))
    assert list(KeyCanary.objects.values_list("kid", flat=True)) == ["t1"]
    assert KeyCanary.objects.get().sings


@pytest.mark.django_db
def test_s26_nothing_is_sealed_with_another_key_under_a_known_name():
    with keyed(key("k1", 1)):
        KeyCanary.plant()
    app = ConnectedApp(name="App", consumer_key="3MVG9")
    with keyed(key("k1", 2)), pytest.raises(ConfigurationError, match="'k1'"):
        app.set_consumer_secret(Secret("s3cr3t of the app"))
    assert app.consumer_secret_enc == ""


@pytest.mark.django_db
def test_s24_a_ciphertext_that_was_moved_by_sql_is_refused():
    app = ConnectedApp.objects.create(name="App", consumer_key="3MVG9")
    rows = []
    for alias in ("a", "b"):
        org = Org.objects.create(alias=alias, app=app)
        row = Credential(org=org)
        row.access_token_enc = row.sealed_access_token(Secret(f"token of {alias}"))
        row.save()
        rows.append(row)
    first, second = rows
    second.access_token_enc = first.access_token_enc
    with pytest.raises(SecretUnreadable):
        _ = second.access_token
    first.refresh_token_enc = first.access_token_enc
    with pytest.raises(SecretUnreadable):
        _ = first.refresh_token
    assert first.access_token == Secret("token of a")
