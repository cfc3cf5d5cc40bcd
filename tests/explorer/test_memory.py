"""History and kept calls: whose they are, and how many."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from sfconnector import explorer
from sfconnector.explorer import memory
from sfconnector.models import Org, SavedCall
from tests.connections import bare_org

REQUEST = explorer.Request(path="/services/data/")


@pytest.fixture
def org(db: None) -> Org:
    return bare_org()


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_user("ada")


def test_the_oldest_calls_are_forgotten(
    org: Org, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "HISTORY", 3)
    kept = explorer.keep(org, user=ada, request=REQUEST, name="Mine")
    for number in range(5):
        request = explorer.Request(path=f"/services/data/{number}")
        explorer.remember(org, user=ada, request=request)
    paths = [call.path for call in explorer.history(ada, orgs=Org.objects.all())]
    assert paths == [f"/services/data/{number}" for number in (4, 3, 2)]
    assert SavedCall.objects.filter(pk=kept.pk).exists()


def test_a_call_is_seen_by_others_only_when_shared(org: Org, ada: User) -> None:
    bob = User.objects.create_user("bob")
    explorer.keep(org, user=ada, request=REQUEST, name="Private")
    explorer.keep(org, user=ada, request=REQUEST, name="Shared", is_shared=True)
    explorer.remember(org, user=ada, request=REQUEST)
    everything = Org.objects.all()
    assert [call.name for call in explorer.kept(bob, orgs=everything)] == ["Shared"]
    assert not explorer.history(bob, orgs=everything)
    assert not explorer.kept(bob, orgs=Org.objects.none())


def test_keeping_by_the_same_name_replaces(org: Org, ada: User) -> None:
    explorer.keep(org, user=ada, request=REQUEST, name="Mine")
    other = explorer.Request(path="/services/data/v66.0/")
    explorer.keep(org, user=ada, request=other, name="Mine")
    assert SavedCall.objects.get().path == "/services/data/v66.0/"
