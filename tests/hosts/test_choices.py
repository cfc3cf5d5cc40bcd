"""Users, languages, prefixes, probes and time zones as hosts choose them."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator

import pytest
from django.core import checks
from django.test import Client, override_settings
from django.urls import set_script_prefix
from django.utils import translation

from sfconnector import orgs
from sfconnector.checks import check_settings
from sfconnector.models import Org
from tests.hosts.site import DJANGO, MIDDLEWARE
from tests.hosts.test_databases import (  # noqa: F401 - databases is a fixture
    Databases,
    databases,
    holds,
    walk,
)

PEOPLE = [*DJANGO, "tests.hosts.people", "sfconnector"]


OWN_ADMIN = ["tests.hosts.own_admin.Config", *PEOPLE[1:]]


@pytest.mark.parametrize(
    ("user", "apps"), [("people.Plain", PEOPLE), ("people.Mail", OWN_ADMIN)]
)
def test_a_user_model_and_an_admin_site_of_the_host_s_own(
    databases: Callable[..., Databases],  # noqa: F811 - the fixture
    user: str,
    apps: list[str],
) -> None:
    told = walk(
        DATABASES=databases("default"), INSTALLED_APPS=apps, AUTH_USER_MODEL=user
    )
    holds(told)


def test_a_person_without_groups_sees_what_is_everybody_s(org: Org) -> None:
    class Nobody:
        is_superuser = False
        pk = 1

    assert Org.objects.visible_to(Nobody()).get() == org


def test_a_language_in_each_url(
    databases: Callable[..., Databases],  # noqa: F811 - the fixture
) -> None:
    middleware = list(MIDDLEWARE)
    middleware.insert(2, "django.middleware.locale.LocaleMiddleware")
    told = walk(
        DATABASES=databases("default"),
        ROOT_URLCONF="tests.hosts.urls_i18n",
        MIDDLEWARE=middleware,
    )
    holds(told)


@override_settings(ROOT_URLCONF="tests.hosts.urls_i18n")
def test_the_callback_has_one_address_in_every_language() -> None:
    seen = set()
    for language in ("en", "de", "fr"):
        with translation.override(language):
            seen.add(orgs.callback_url())
    assert seen == {"http://testserver/en/salesforce/callback/"}


def test_a_path_prefix(
    databases: Callable[..., Databases],  # noqa: F811 - the fixture
) -> None:
    told = walk(DATABASES=databases("default"), FORCE_SCRIPT_NAME="/crm")
    holds(told)
    assert "/crm/admin/" in told["statuses"]


PROBED = [
    "sfconnector.middleware.probed",
    "django.middleware.security.SecurityMiddleware",
    *MIDDLEWARE[1:],
]


@pytest.fixture
def script_prefix(prefix: str | None) -> Iterator[None]:
    """Set the prefix that a server sets for each request, and the test client not."""
    set_script_prefix(prefix or "/")
    yield
    set_script_prefix("/")


@pytest.mark.usefixtures("db", "script_prefix")
@override_settings(
    MIDDLEWARE=PROBED, SECURE_SSL_REDIRECT=True, ALLOWED_HOSTS=["crm.example.com"]
)
@pytest.mark.parametrize("prefix", [None, "/crm"])
def test_probes_over_http_by_address_are_answered(
    client: Client, prefix: str | None
) -> None:
    with override_settings(FORCE_SCRIPT_NAME=prefix):
        for name in ("healthz", "readyz"):
            answer = client.get(f"/salesforce/{name}", HTTP_HOST="10.0.0.7:8000")
            assert answer.status_code in {200, 503}
            assert answer["Content-Type"] == "application/json"
        elsewhere = client.get("/admin/healthz", HTTP_HOST="10.0.0.7:8000")
        assert elsewhere.status_code in {301, 400}


@override_settings(USE_TZ=False)
def test_a_host_without_time_zones_is_told() -> None:
    found = [one.id for one in check_settings() if one.level == checks.ERROR]
    assert "sfconnector.E308" in found


@override_settings(DATABASE_ROUTERS=["tests.hosts.routers.PeopleElsewhere"])
def test_a_router_that_parts_the_app_from_its_people_is_told() -> None:
    told = [one.msg for one in check_settings() if one.id == "sfconnector.E309"]
    assert len(told) == 2
    assert "auth.User" in told[0]


def test_rows_of_the_host_are_named_before_a_purge_and_before_uninstalling(
    databases: Callable[..., Databases],  # noqa: F811 - the fixture
) -> None:
    told = walk(DATABASES=databases("default"), INSTALLED_APPS=PEOPLE, then="protected")
    assert told["refused"] == ["purge", "remove", "the page"]
    assert told["kept"], "nothing was begun"
    assert "people.Note" in told["not_uninstalled"]
    assert told["held"] == ["org", "plan", "run", "call"]
    assert told["held_on_the_page"] == ["plan", "run"]
    assert told["kept_for_them"] == [True, True, True], "and others are gone"


def test_uninstalling_leaves_nothing_and_breaks_nothing(
    databases: Callable[..., Databases],  # noqa: F811 - the fixture
) -> None:
    """Beside django-celery-beat, where there is one that takes this Django (not 6.1)."""
    has_beat = importlib.util.find_spec("django_celery_beat") is not None
    beat = ["django_celery_beat"] if has_beat else []
    told = walk(
        DATABASES=databases("default"),
        INSTALLED_APPS=[*DJANGO, *beat, "sfconnector"],
        then="beat" if has_beat else "uninstall",
    )
    if has_beat:  # its scheduler keeps no ``expires`` of an entry
        assert told["told"]["task"] == "sfconnector.tick"
        assert told["told"]["expires"]
    assert f"beat entries: {len(beat)} removed" in told["said"]
    assert "Still connected: acme." in told["refused"]
    assert told["left"] == []
    assert told["status"] == 200
    assert told["again"] == 0, "it can be installed again"
