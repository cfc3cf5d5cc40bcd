"""NUL, numbers without an end and digits that are none: in every URL and parameter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern

from sfconnector.models import Org
from tests.admin.conftest import ACCOUNT, House, app, house  # noqa: F401 - fixtures

SOURCE = Path(__file__).resolve().parents[2] / "sfconnector"
ODD = {
    "nul": "\x00",
    "nul inside": "Acc\x00ount",
    "a superscript": "²",
    "arabic digits": "٣٤",
    "no end": "9" * 4301,
    "beyond bigint": "9" * 30,
    "negative": "-1",
    "a lone surrogate": "\udcff",
    "brackets": "[]",
}
READ = re.compile(
    r"""(?:GET|POST|data|asked|given)(?:\.get(?:list)?\(|\[)["'](\w+)["']"""
)
DJANGO_S = {"p", "q", "o", "all", "_popup", "_changelist_filters"}
FILTERS = {"org__id__exact", "plan__org__id__exact", "kind__exact", "app__id__exact"}
AT_ONCE = ("negative", "brackets", "arabic digits", "a lone surrogate", "nul")
"""Kinds that are tried in all parameters together; the others one by one."""


def parameters_of(pattern: URLPattern) -> list[str]:
    """Name what the room of a page reads of a request, and what Django's lists read."""
    page = getattr(pattern.callback, "__wrapped__", pattern.callback)
    module = getattr(page, "__module__", None) or type(page).__module__
    places = {"sfconnector.admin.base"}
    places |= {type(getattr(page, "admin", None)).__module__, module}
    names = set(DJANGO_S)
    for place in places:
        file = SOURCE.parent / f"{place.replace('.', '/')}.py"
        for path in file.parent.glob("*.py") if file.exists() else ():
            names |= set(READ.findall(path.read_text("utf-8")))
    return sorted(names | (FILTERS if "/" not in str(pattern.pattern) else set()))


def ours() -> Iterator[tuple[str, URLPattern]]:
    """Yield each URL of an admin of ours, with the path in which it is."""
    for model, model_admin in admin.site._registry.items():
        if model._meta.app_label == "sfconnector":
            for pattern in model_admin.get_urls():
                yield f"/admin/sfconnector/{model._meta.model_name}/", pattern


def filled(route: str, given: House, odd: str = "", at: str = "") -> str:
    """Put sound values into a route, and an odd one at one place."""
    sound = {
        "pk": str(given.org.pk),
        "object_id": str(given.org.pk),
        "alias": given.org.alias,
        "sobject": "Account",
        "record_id": ACCOUNT,
        "content_type_id": "1",
    }

    def value(match: re.Match[str]) -> str:
        name = match[2]
        text = odd if name == at else sound.get(name, "1")
        return quote(text, safe="", errors="surrogateescape")

    return re.sub(r"<(?:(\w+):)?(\w+)>", value, route)


PLACES = [
    pytest.param(base, pattern, name, id=f"{pattern.name}-{name}")
    for base, pattern in ours()
    for name in re.findall(r"<(?:\w+:)?(\w+)>", str(pattern.pattern))
]
PAGES = [
    pytest.param(base, pattern, id=f"{base}{pattern.pattern}")
    for base, pattern in ours()
    if pattern.name
]


@pytest.fixture
def browser(admin_client: Client) -> Client:
    admin_client.raise_request_exception = False
    Org.objects.update(status="disconnected")
    return admin_client


@pytest.mark.parametrize(("base", "pattern", "name"), PLACES)
def test_no_address_breaks_a_page(
    house: House,  # noqa: F811 - the fixture
    browser: Client,
    base: str,
    pattern: URLPattern,
    name: str,
) -> None:
    found = {}
    for kind, odd in ODD.items():
        url = base + filled(str(pattern.pattern), house, odd, name)
        for method in ("get", "post"):
            status = getattr(browser, method)(url).status_code
            if status >= 500:
                found[kind, method] = status
    assert found == {}


@pytest.mark.parametrize(("base", "pattern"), PAGES)
def test_no_parameter_breaks_a_page(
    house: House,  # noqa: F811 - the fixture
    browser: Client,
    base: str,
    pattern: URLPattern,
) -> None:
    url = base + filled(str(pattern.pattern), house)
    names = parameters_of(pattern)
    found = {}
    for kind, odd in ODD.items():
        value = quote(odd.encode("utf-8", "surrogateescape"), safe="")
        every = "&".join(f"{name}={value}" for name in names)
        tried = [every] if kind in AT_ONCE else [f"{name}={value}" for name in names]
        for query in tried:
            if browser.get(f"{url}?{query}").status_code >= 500:
                found["get", kind, query[:20]] = 500
        form = "application/x-www-form-urlencoded"
        if browser.post(url, every, content_type=form).status_code >= 500:
            found["post", kind, "all"] = 500
    assert found == {}
