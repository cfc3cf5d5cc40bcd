"""Links from a host's rows to records: by org and id, held by no constraint."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import django
import pytest
from django.contrib import admin
from django.contrib.admin import AdminSite
from django.contrib.auth.models import Group, User
from django.db import connection, models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.writer import MigrationWriter
from django.forms import modelform_factory
from django.test import RequestFactory

from sfconnector import catalog, links, records
from sfconnector.admin import LinkedAdmin
from sfconnector.models import Org, Record
from sfconnector.typed_checks import check_views, links_to_nothing
from tests.connections import person
from tests.typed.classes import generated, in_the_site
from tests.typed.orgs import ACCOUNT, an_org, cache, describe
from tests.typed.test_generated_models import FIRST, SECOND
from tests.typed.typedcrm.deals import deal_model

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def org(transactional_db: None) -> Org:
    org = an_org()
    describe(org, {**ACCOUNT, "Name": "string"}, Name={"name_field": True})
    cache(org, FIRST, SECOND, {"Name": "Volta"})
    return org


@pytest.fixture
def deal(org: Org) -> Iterator[Any]:
    with generated(org, "Account") as made:
        model: Any = deal_model()
        with connection.schema_editor() as editor:
            editor.create_model(model)
        model.account_rows = made.Account
        yield model
        with connection.schema_editor() as editor:
            editor.delete_model(model)


def record(name: str = "Volt") -> Record:
    return next(row for row in Record.objects.all() if row.data["Name"] == name)


def test_what_is_set_is_read_again(deal: Any, org: Org) -> None:
    volt = record()
    for value in (
        volt,
        (org, volt.record_id),
        deal.account_rows.objects.get(name="Volt"),
    ):
        made = deal.objects.create(title="A", account=value)
        found = deal.objects.get(pk=made.pk).account
        assert (found.org_id, found.record_id, found.record) == (
            org.pk,
            volt.record_id,
            volt,
        )
        assert str(found) == "Volt"
        assert not found.is_gone
        assert deal.objects.get(pk=made.pk).account_record_id == volt.record_id
    made.account = None
    made.save()
    assert deal.objects.get(pk=made.pk).account is None
    assert deal(title="B").account is None
    with pytest.raises(TypeError):
        made.account = 5


def test_a_link_survives_deletion_purge_and_reload(deal: Any, org: Org) -> None:
    volt = record()
    made = deal.objects.create(title="A", account=volt)
    Record.objects.filter(pk=volt.pk).update(state=Record.State.DELETED)
    assert not deal.objects.get(pk=made.pk).account.is_gone
    records.purge(org)
    gone = deal.objects.get(pk=made.pk).account
    assert (gone.is_gone, gone.record, str(gone)) == (True, None, volt.record_id)
    [warning] = links_to_nothing([(deal, deal._meta.get_field("account"))])
    assert (warning.id, "1 " in warning.msg) == ("sfconnector.W505", True)
    cache(org, FIRST)
    assert not deal.objects.get(pk=made.pk).account.is_gone
    assert links_to_nothing([(deal, deal._meta.get_field("account"))]) == []


def test_a_link_is_of_its_org_and_object(deal: Any, org: Org) -> None:
    other = an_org("other")
    cache(other, {"Name": "Stranger"})
    cache(org, {"Name": "Not an account"}, sobject="Contact")
    made = deal.objects.create(title="A", account=record())
    assert deal.objects.get(pk=made.pk).account.record == record()
    assert list(deal.objects.filter(account_cached=record())) == [made]
    assert not deal.objects.filter(account_cached=record("Stranger")).exists()
    assert deal.objects.filter(account_cached__state=0).count() == 1


def test_a_list_takes_one_query_more(deal: Any, django_assert_num_queries: Any) -> None:
    for name in ("Volt", "Watt", "Volta"):
        deal.objects.create(title=name, account=record(name))
    deal.objects.create(title="none")
    with django_assert_num_queries(2):
        rows = deal.objects.prefetch_related("account_cached").order_by("pk")
        found = [row.account and row.account.record.data["Name"] for row in rows]
    assert found == ["Volt", "Watt", "Volta", None]


def test_queries_go_on_into_the_generated_model(deal: Any) -> None:
    for name in ("Volt", "Watt", "Volta"):
        deal.objects.create(title=name, account=record(name))
    rows = deal.objects.filter(
        account_row__industry="Energy", account_row__annual_revenue__gt=50
    )
    assert [row.title for row in rows] == ["Volt"]
    told = deal.objects.values("account_row__industry").annotate(
        number=models.Count("pk")
    )
    assert {one["account_row__industry"]: one["number"] for one in told} == {
        "Energy": 2,
        None: 1,
    }


def form_of(deal: Any, **data: Any) -> Any:
    form = modelform_factory(deal, fields=["title", "account"])
    return form({"title": "A", **data}) if data else form


@pytest.mark.parametrize(
    ("text", "found"), [("Watt", "Watt"), ("001000000000000000", "Volt"), ("", None)]
)
def test_a_form_finds_a_record_by_id_or_name(
    deal: Any, org: Org, text: str, found: str | None
) -> None:
    form = form_of(deal, account_0=str(org.pk), account_1=text)
    assert form.is_valid(), form.errors
    saved = deal.objects.get(pk=form.save().pk)
    assert (str(saved.account) if saved.account else None) == found
    again = modelform_factory(deal, fields=["account"])(instance=saved)
    assert (f'value="{saved.account_record_id}"' in str(again)) is (found is not None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Vol", "Volta (001000000000000002)"),
        ("Nobody", "No cached record"),
        ("001000000000000099", "No cached record"),
    ],
)
def test_a_form_says_what_it_does_not_find(
    deal: Any, org: Org, text: str, said: str
) -> None:
    form = form_of(deal, account_0=str(org.pk), account_1=text)
    assert said in str(form.errors)


def test_a_short_id_is_found_in_its_own_case(deal: Any, org: Org) -> None:
    ids = ("001aB000000000AAAQ", "001Ab000000000AAAQ")
    for number, record_id in enumerate(ids):
        Record.objects.create(
            org=org,
            sobject="Account",
            record_id=record_id,
            content_hash=1,
            data={"Name": f"Case {number}"},
        )
    for record_id in ids:
        form = form_of(deal, account_0=str(org.pk), account_1=record_id[:15])
        assert form.is_valid(), form.errors
        assert form.save().account.record_id == record_id


def test_a_form_tells_nothing_of_orgs_that_not_everybody_sees(
    deal: Any, org: Org
) -> None:
    org.visible_to.add(Group.objects.create(name="few"))
    form = form_of(deal, account_0=str(org.pk), account_1="Vol")
    assert not form.is_valid()
    assert "Volta" not in str(form)


def test_a_masked_name_is_not_told(deal: Any, org: Org) -> None:
    catalog.mask(org.sobjects.get(name="Account"), ["Name"])
    made = deal.objects.create(title="A", account=record())
    assert str(deal.objects.get(pk=made.pk).account) == made.account_record_id
    assert not form_of(deal, account_0=str(org.pk), account_1="Watt").is_valid()


def test_migrations_name_both_columns_once(deal: Any) -> None:
    state = ProjectState(real_apps={"sfconnector", "auth", "contenttypes"})
    state.add_model(ModelState.from_model(deal))
    told = state.models["typedcrm", "deal"].fields
    assert list(told) == ["id", "title", "account", "account_org"]
    found = MigrationAutodetector(ProjectState(), state)._detect_changes()
    assert "RecordLink" in MigrationWriter(found["typedcrm"][0]).as_string()
    rendered = state.apps.get_model("typedcrm", "Deal")
    names = [field.name for field in rendered._meta.local_fields]
    assert sorted(names) == ["account", "account_org", "id", "title"]
    # The registry of this test knows neither the org's model nor, before Django 6.0,
    # a default key.
    default_key = {"models.W042"} if django.VERSION < (6, 0) else set()
    assert {one.id for one in deal.check()} == {"fields.E300"} | default_key


def test_links_are_found(deal: Any) -> None:
    field = deal._meta.get_field("account")
    assert isinstance(field, links.RecordLink)
    assert list(links.links()) == []
    deal.objects.create(title="A", account=(1, "001000000000000099"))
    with in_the_site(deal):
        assert list(links.links()) == [(deal, field)]
        assert [one.id for one in check_views(["default"])] == ["sfconnector.W505"]


def admin_form(deal: Any, user: User, *, site: AdminSite = admin.site) -> str:
    """Return the empty form of a link as an admin of the host's shows it."""
    request = RequestFactory().get("/")
    request.user = user
    return str(LinkedAdmin(deal, site).get_form(request)())


def test_an_admin_offers_the_orgs_of_the_person(deal: Any, org: Org) -> None:
    few = Group.objects.create(name="few")
    org.visible_to.add(few)
    insider, other = person("ada"), person("bob", is_superuser=False)
    insider.groups.add(few)
    assert "acme" in admin_form(deal, insider)
    assert "acme" not in admin_form(deal, other)


def test_an_admin_shows_the_list_to_those_who_may_browse(deal: Any) -> None:
    lookup = (
        '<a href="/admin/sfconnector/record/?sobject=Account" class="related-lookup" '
        'id="lookup_id_account_1"'
    )
    ada, bob = person("ada"), person("bob", is_superuser=False)
    assert lookup in admin_form(deal, ada)
    assert "related-lookup" not in admin_form(deal, bob)
    assert "related-lookup" not in admin_form(deal, ada, site=AdminSite())
    assert "related-lookup" not in str(form_of(deal)())


def test_naming_several_records_asks_once_what_may_be_seen(
    deal: Any, org: Org, django_assert_max_num_queries: Any
) -> None:
    cache(org, *({"Name": f"Ohm {n}"} for n in range(9)), prefix="00X")
    form = form_of(deal, account_0=str(org.pk), account_1="Ohm")
    with django_assert_max_num_queries(6):
        assert "Ohm 5" in str(form.errors)


def test_a_list_of_links_asks_once_what_they_are_called(
    deal: Any, org: Org, django_assert_num_queries: Any
) -> None:
    for name in ("Volt", "Watt", "Volta"):
        deal.objects.create(title=name, account=record(name))
    rows = deal.objects.prefetch_related("account_cached").order_by("pk")
    with django_assert_num_queries(2):
        assert [str(row.account) for row in rows] == ["Volt", "Watt", "Volta"]
