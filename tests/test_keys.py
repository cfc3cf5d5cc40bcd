"""Keys are counted, rotated and proven without a secret being lost."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.apps import apps
from django.test import override_settings

from sfconnector import crypto, keys
from sfconnector.audit import Actor
from sfconnector.exceptions import ConfigurationError
from sfconnector.models import AuditEvent, ConnectedApp, Credential, KeyCanary, Org
from sfconnector.secret import Secret
from tests.connections import person, settings_with

pytestmark = pytest.mark.django_db


def keyed(*kids: str) -> override_settings:
    entries = (
        f"{kid}:{base64.b64encode(kid[-1].encode() * 32).decode()}" for kid in kids
    )
    return override_settings(
        SFCONNECTOR=settings_with(ENCRYPTION_KEYS=",".join(entries))
    )


def rows(count: int = 3) -> list[Credential]:
    app = ConnectedApp(name="App", consumer_key="3MVG9")
    app.set_consumer_secret(Secret("the consumer secret"))
    app.set_private_key(Secret("the private key"))
    app.save()
    made = []
    for number in range(count):
        org = Org.objects.create(alias=f"org-{number}", app=app)
        row = Credential(org=org)
        row.access_token_enc = row.sealed_access_token(Secret(f"access {number}"))
        row.refresh_token_enc = row.sealed_refresh_token(Secret(f"refresh {number}"))
        row.save()
        made.append(row)
    return made


def test_every_sealed_column_is_known_to_the_rotation():
    sealed = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("sfconnector").get_models()
        for field in model._meta.concrete_fields
        if field.name.endswith("_enc")
    }
    assert sealed == {column.label for column in keys.COLUMNS}


def test_a_rotation_seals_every_secret_with_the_first_key():
    with keyed("k1"):
        rows()
    with keyed("k2", "k1"):
        assert set(keys.status().counts) == {"k1"}
        done = keys.rotate(batch=2, by=Actor(person()))
        assert (done.resealed, done.broken) == (8, [])
        status = keys.status()
        assert set(status.counts) == {"k2"}
        assert status.removable == ("k1",)
        assert keys.rotate().resealed == 0
    with keyed("k2"):
        assert keys.verify() == []
        opened = [one.refresh_token for one in Credential.objects.order_by("pk")]
        assert opened == [Secret(f"refresh {number}") for number in range(3)]
    line = AuditEvent.objects.filter(action="keys.rotated", user=person()).get()
    assert line.detail == {"key": "k2", "resealed": 8, "broken": 0}


def test_a_rehearsal_changes_nothing():
    with keyed("k1"):
        rows()
    with keyed("k2", "k1"):
        assert keys.rotate(dry_run=True).waiting == 8
        assert set(keys.status().counts) == {"k1"}
        assert not KeyCanary.objects.filter(kid="k2").exists()


def test_a_rotation_goes_on_where_it_was_cut_short(monkeypatch: pytest.MonkeyPatch):
    with keyed("k1"):
        rows()
    real, seen = crypto.seal, []

    def tires(*args: Any, **kwargs: Any) -> str:
        seen.append(1)
        if len(seen) == 5:
            raise KeyboardInterrupt
        return real(*args, **kwargs)

    with keyed("k2", "k1"):
        monkeypatch.setattr(crypto, "seal", tires)
        with pytest.raises(KeyboardInterrupt):
            keys.rotate()
        monkeypatch.undo()
        assert set(keys.status().counts) == {"k1", "k2"}
        assert keys.verify() == []
        keys.rotate()
        assert set(keys.status().counts) == {"k2"}


def test_whoever_writes_in_between_wins(monkeypatch: pytest.MonkeyPatch):
    with keyed("k1"):
        row = rows(1)[0]
    real = crypto.unseal

    def interrupted(token: str, *, purpose: str, row_uuid: Any) -> Secret:
        opened = real(token, purpose=purpose, row_uuid=row_uuid)
        if purpose == "org.refresh_token":
            newer = row.sealed_refresh_token(Secret("rotated by Salesforce"))
            Credential.objects.filter(pk=row.pk).update(refresh_token_enc=newer)
        return opened

    with keyed("k2", "k1"):
        monkeypatch.setattr(crypto, "unseal", interrupted)
        done = keys.rotate()
        monkeypatch.undo()
        assert done.overtaken == 1
        row.refresh_from_db()
        assert row.refresh_token == Secret("rotated by Salesforce")
        assert set(keys.status().counts) == {"k2"}


def test_s26_what_does_not_open_is_named_and_left_as_it_is():
    with keyed("k1"):
        row = rows(1)[0]
    Credential.objects.update(access_token_enc="sfc1$k1$" + "A" * 60)
    with keyed("k2", "k1"):
        done = keys.rotate()
        assert done.broken == [f"Credential.access_token_enc {row.pk}"]
        assert keys.verify() == [f"Credential.access_token_enc {row.pk}: damaged"]
    assert Credential.objects.get().access_token_enc == "sfc1$k1$" + "A" * 60
    with keyed("k9"):
        assert keys.status().unknown == ("k2", "k1")
        assert len(keys.verify()) == 4


def test_a_column_that_holds_no_ciphertext_is_noticed():
    with keyed("k1"):
        rows(1)
        Credential.objects.update(access_token_enc="plain text by mistake")
        assert "" in keys.status().unknown


def test_key_ids_that_differ_by_case_alone_are_refused():
    """Some databases do not tell them apart, and a rotation would pass rows by."""
    first, second = (base64.b64encode(one * 32).decode() for one in (b"a", b"b"))
    values = settings_with(ENCRYPTION_KEYS=f"Prod:{first},prod:{second}")
    with (
        override_settings(SFCONNECTOR=values),
        pytest.raises(ConfigurationError, match="'prod' occurs twice"),
    ):
        keys.status()
