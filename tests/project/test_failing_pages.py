"""What people and proxies get when a page fails: a fault, or a database that is away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from project import urls
from tests.faults.postgresql_server import PostgresqlServer, own_postgresql
from tests.journeys import sites
from tests.journeys.sites import Site

handler500 = urls.handler500
pytestmark = pytest.mark.once


def fails(_request: HttpRequest, error: Exception) -> HttpResponse:
    raise error


def fails_deeper(_request: HttpRequest) -> HttpResponse:
    try:
        message = "terminating connection"
        raise OperationalError(message)
    except OperationalError as error:
        message = "nothing was found"
        raise LookupError(message) from error


def misses_a_table(_request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM not_a_table")
    return HttpResponse()


urlpatterns = [
    *urls.urlpatterns,
    path("lost/", fails, {"error": OperationalError("the server closed it")}),
    path("closed/", fails, {"error": InterfaceError("connection already closed")}),
    path("deeper/", fails_deeper),
    path("fault/", fails, {"error": ValueError("a fault")}),
    path("table/", misses_a_table),
]


@pytest.mark.parametrize(
    ("page", "status"),
    [("lost", 503), ("closed", 503), ("deeper", 503), ("fault", 500), ("table", 500)],
)
@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_only_a_database_that_is_away_is_503(page: str, status: int):
    answer = Client(raise_request_exception=False).get(f"/{page}/")
    assert answer.status_code == status
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert ("database" in answer.content.decode()) == (status == 503)


@pytest.fixture
def server() -> Iterator[PostgresqlServer]:
    with own_postgresql() as database:
        yield database


@pytest.fixture
def site(server: PostgresqlServer, tmp_path: Path) -> Iterator[Site]:
    with sites.in_one_process(tmp_path, orgs=[], DATABASE_URL=server.url) as one:
        yield one


def test_pages_say_503_while_postgresql_is_away_and_come_back(
    site: Site, server: PostgresqlServer
) -> None:
    cookies = site.visitor().cookies
    page = f"{site.url}/admin/sfconnector/org/"
    server.stop()
    away = requests.get(page, cookies=cookies, timeout=30)
    assert (away.status_code, away.headers["Retry-After"]) == (503, "5")
    server.begin()
    assert requests.get(page, cookies=cookies, timeout=30).status_code == 200
