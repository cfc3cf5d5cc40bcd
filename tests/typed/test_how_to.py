"""What “Use records in your project” shows runs as it stands."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import date
from types import ModuleType
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.db.models import Count, QuerySet, Sum
from django.test import RequestFactory

from sfconnector import records
from sfconnector.models import Org, Record
from tests.crm.pages import code_of
from tests.documents import blocks
from tests.memory import peak
from tests.typed.classes import generated
from tests.typed.orgs import ACCOUNT, an_org, cache, describe
from tests.typed.test_generated_models import FIRST, OWNER, REFERS, SECOND

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "use-records-in-your-project.md"
TEXT = (blocks.ROOT / "docs" / "how-to" / PAGE).read_text(encoding="utf-8")


@pytest.fixture
def org() -> Org:
    org = an_org("acme-prod")
    fields = {**ACCOUNT, "Tier__c": "string", "CloseDate": "date", "Amount": "double"}
    describe(org, fields, **REFERS)
    for name in ("Contact", "User"):
        describe(org, {"Id": "id", "Name": "string"}, sobject=name)
    cache(org, {**FIRST, "Tier__c": "Gold", "Amount": 7}, SECOND)
    cache(org, {"Name": "Ada"}, sobject="User", prefix="005")
    return org


@pytest.fixture
def project(org: Org, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Give the models of the page's project, its blocks run in their order."""
    crm, salesforce, models = (
        ModuleType(name) for name in ("crm", "crm.salesforce", "crm.models")
    )
    for module in (crm, salesforce, models):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    names = ("Account", "Contact", "User")
    with generated(org, *names, app="tests.crm") as made:
        vars(salesforce).update({name: getattr(made, name) for name in names})
        models.__name__ = "tests.crm.models"
        exec(code_of(PAGE, "from crm.salesforce"), vars(models))
        exec(code_of(PAGE, "from django.db import models"), vars(models))
        with connection.schema_editor() as editor:
            editor.create_model(models.Deal)
        yield models
        with connection.schema_editor() as editor:
            editor.delete_model(models.Deal)


def test_its_queries_find_what_they_say(project: ModuleType, org: Org) -> None:
    names: dict[str, Any] = {}
    exec(code_of(PAGE, "from crm.models import Account, Deal"), names)
    request = RequestFactory().get("/")
    request.user = User.objects.create(username="ada")
    [row] = names["rich"](request, org)
    assert (row.name, row.owner.name, row.owner_id) == ("Volt", "Ada", OWNER)
    told = names["by_month"](project.Account.objects.all())
    assert [(one["month"].month, one["number"]) for one in told] == [(5, 1), (6, 1)]
    project.Deal.objects.create(title="Volt")
    assert [one.title for one in names["known_deals"]()] == ["Volt"]
    assert list(names["everything"]()) == ["Volt", "Watt"]
    org.visible_to.add(Group.objects.create(name="others"))
    assert not names["rich"](request, org).exists()


def test_its_links_lead_where_they_say(project: ModuleType, org: Org) -> None:
    account = project.Account.objects.get(name="Volt")
    project.Deal.objects.create(title="One", account=account)
    written = re.findall(r"`(Deal\.objects\.[^`]+)`", TEXT)
    assert len(written) == 2
    known = {"Deal": project.Deal, "Count": Count}
    for words in written:
        [one] = eval(words, known)
        assert one.account.record.data["Name"] == "Volt"
    grouped = "Deal.objects." + re.findall(r'`(values\("account_row[^`]+)`', TEXT)[0]
    [row] = eval(grouped, known)
    assert row == {"account_row__industry": "Energy", "pk__count": 1}


def test_the_right_ways_find_what_the_traps_do_not(org: Org) -> None:
    right = re.findall(r"^\| `.*\| `(.+)` \|$", TEXT, re.MULTILINE)
    assert len(right) == 7
    table = records.table(org, "Account")
    known = {"table": table, "day": date(2020, 1, 1), "Sum": Sum}
    for words in right:
        found = eval(words, known)
        if isinstance(found, records.Table):
            found.count()
        else:
            table.rows.aggregate(total=found)
    assert eval(right[0], known).count() == 1
    assert eval(right[1], known).count() == 1


@pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="MariaDB's driver reads all at first; SQLite's tables are in this memory",
)
def test_an_iterator_keeps_few_rows(project: ModuleType, org: Org) -> None:
    def grown(rows: QuerySet[Any]) -> float:
        with peak() as found:
            assert sum(1 for _row in rows) == count
        return found.grown_mb

    count = 20_000
    filling = "x" * 2_000
    Record.objects.all().delete()
    for part in range(20):  # all at once would leave room that the rows then fill
        cache(
            org, *[{"Name": f"{part} {filling}"}] * (count // 20), prefix=f"{part:03}"
        )
    accounts = project.Account.objects.only("name")
    in_pieces = grown(accounts.order_by("row_id").iterator())
    assert in_pieces < 20
    assert grown(accounts.all()) > 40
