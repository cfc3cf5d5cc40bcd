"""Rows of generated models are made without Django's ``__init__``, and are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db.models import F
from django.db.models.signals import post_init

from sfconnector.typed import SalesforceRecord
from tests.typed.classes import generated
from tests.typed.orgs import ACCOUNT, an_org, cache, describe

pytestmark = pytest.mark.django_db(transaction=True)

OWNER = {"OwnerId": {"reference_to": ["User"], "relationship_name": "Owner"}}


@pytest.fixture
def models() -> Iterator[Any]:
    org = an_org()
    describe(org, ACCOUNT, **OWNER)
    describe(org, {"Id": "id", "Name": "string"}, sobject="User")
    owned = {"Name": "Volt", "OwnerId": "005000000000000000", "AnnualRevenue": 90.25}
    cache(org, owned, {"Name": "Watt"}, {"Name": "Nought"})
    cache(org, {"Name": "Ada"}, sobject="User", prefix="005")
    with generated(org, "Account", "User") as made:
        yield made


@pytest.mark.parametrize(
    "asked",
    [
        lambda rows: rows.all(),
        lambda rows: rows.only("name", "created_date"),
        lambda rows: rows.defer("org_alias", "name"),
        lambda rows: rows.select_related("owner", "org"),
        lambda rows: rows.select_related("owner").only("name", "owner__name", "owner"),
        lambda rows: rows.annotate(twice=F("annual_revenue") * 2),
        lambda rows: rows.raw("SELECT name, row_id FROM salesforce_account"),
    ],
)
def test_a_row_is_what_django_itself_would_make(
    models: Any, monkeypatch: pytest.MonkeyPatch, asked: Callable[[Any], Any]
) -> None:
    def told(row: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        values = {k: v for k, v in vars(row).items() if k != "_state"}
        related = row._state.fields_cache
        cached = {k: v and told(v) for k, v in related.items()}
        state = vars(row._state) | {"fields_cache": cached}
        return values, {k: v for k, v in state.items() if k != "peers"}

    ours = [told(row) for row in asked(models.Account.objects)]
    base = vars(SalesforceRecord)["from_db"]
    monkeypatch.delattr(SalesforceRecord, "from_db")
    assert SalesforceRecord.from_db is not base
    assert [told(row) for row in asked(models.Account.objects)] == ours != []


def test_who_listens_for_rows_and_an_init_of_a_host_are_heard(models: Any) -> None:
    heard: list[str] = []

    class Loud(models.Account):  # type: ignore[misc]  # made by exec
        class Meta:
            app_label = "tests"
            proxy = True

        def __init__(self, *values: Any) -> None:
            super().__init__(*values)
            self.loud = self.name.upper()

    assert {row.loud for row in Loud.objects.all()} == {"VOLT", "WATT", "NOUGHT"}

    def listen(instance: Any, **_told: Any) -> None:
        heard.append(instance.name)

    post_init.connect(listen, sender=models.Account)
    try:
        assert len(models.Account.objects.all()) == 3
    finally:
        post_init.disconnect(listen, sender=models.Account)
    assert sorted(heard) == ["Nought", "Volt", "Watt"]
    assert models.Account.objects.first() == models.Account.objects.first()
