"""Themes of the admin that hosts use: every button is there, and posts what it should."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.hosts.site import DJANGO
from tests.hosts.test_databases import (  # noqa: F401 - databases is a fixture
    Databases,
    databases,
    walk,
)

APPS = [*DJANGO, "sfconnector"]


@pytest.fixture(scope="module")
def stock() -> dict[str, list[str]]:
    """What Django's own admin shows; filled by the first test that asks."""
    return {}


@pytest.mark.parametrize("theme", ["unfold", "jazzmin"])
def test_a_theme_keeps_every_button_of_every_page(
    databases: Callable[..., Databases],  # noqa: F811 - the fixture
    stock: dict[str, list[str]],
    theme: str,
) -> None:
    if not stock:
        stock |= walk(DATABASES=databases("default"), then="buttons")["buttons"]
    told = walk(
        DATABASES={"default": databases("themed")["themed"]},
        INSTALLED_APPS=[theme, *APPS, "django.contrib.staticfiles"],
        then="buttons",
    )
    assert told["buttons"] == stock
    found = {one for page in stock.values() for one in page}
    for verb in ("test", "discover", "run", "pause"):
        assert any(f"/{verb}/" in one for one in found), verb
    assert "button org_form" in stock["/admin/sfconnector/org/add/"]
