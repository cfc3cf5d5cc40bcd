"""Every page of the admin as three people see it: light, dark, and on a telephone.

The table of ``tests/admin/test_access.py`` names the pages, so a new one is walked by
itself. With ``KEEP_SCREENSHOTS=1`` pictures of all of them go to ``screenshots/``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as project
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from salesforce_simulator import SalesforceOrg
from tests.admin.conftest import LOOKS, person
from tests.admin.test_access import PIECES, TABLE, url_of
from tests.browser.furniture import Furnished, furnish
from tests.browser.looking import Looker
from tests.connections import browser_of, settings_with

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.timeout(300)]
INDEX = "/admin/sfconnector/"

Lookers = Callable[[User], Looker]


@pytest.fixture
def site(live_server: LiveServer, settings: Any) -> str:
    settings.SFCONNECTOR = settings_with(
        PUBLIC_URL=live_server.url, EXTRA_HOSTS=["127.0.0.1"]
    )
    return str(live_server.url)


@pytest.fixture
def full(site: str) -> User:
    return person("full", "*")


@pytest.fixture
def furnished(
    site: str, salesforce_orgs: Callable[..., SalesforceOrg], full: User
) -> Furnished:
    acme = salesforce_orgs("Acme", records={"Account": 120})
    sandbox = salesforce_orgs("Acme box", records={"Contact": 30}, sandbox=True)
    return furnish(acme, sandbox, full)


@pytest.fixture
def lookers(browser: Browser, site: str) -> Iterator[Lookers]:
    """Open windows for people; none of them may have seen a fault."""
    opened: list[Looker] = []

    def open_for(user: User) -> Looker:
        client = browser_of(user)
        name = project.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": site}
        opened.append(Looker(browser, name=user.username, cookie=cookie))
        return opened[-1]

    yield open_for
    for looker in opened:
        looker.close()
    faults = [fault for looker in opened for fault in looker.faults]
    assert not faults, "\n".join(faults)


def pages_of(furnished: Furnished) -> Iterator[tuple[str, str]]:
    """Yield name and URL of each page that the table knows, with Account's records."""
    for name, case in sorted(TABLE.items()):
        if case.full != 200 or "GET" not in case.methods or name in PIECES:
            continue
        url = url_of(name, furnished.house)
        yield name, url.replace("/northwind/", "/acme/")


def states_of(furnished: Furnished) -> dict[str, str]:
    """Return pages again in the states that need a person."""
    org, box = furnished.house.org, furnished.sandbox
    return {
        "index": INDEX,
        "org-dead": _url("org_change", furnished.dead.pk),
        "org-new": _url("org_change", furnished.new.pk),
        "run-failed": _url("syncrun_change", furnished.failed.pk),
        "run-running": _url("syncrun_change", furnished.running.pk),
        "record-hostile": _url(
            "record_show", org.alias, "Account", furnished.hostile.record_id
        ),
        "records-deleted": _url("record_browse", org.alias, "Account") + "?state=all",
        "records-none": _url("record_browse", org.alias, "Account") + "?q=qqqqq",
        "compare-two": f"{_url('sobject_compare')}?left={org.pk}&right={box.pk}"
        "&sobject=Account",
    }


def _url(name: str, *arguments: object) -> str:
    return reverse(f"admin:sfconnector_{name}", args=arguments)


def test_a_person_who_may_do_all(
    lookers: Lookers, site: str, furnished: Furnished, full: User
) -> None:
    looker = lookers(full)
    for name, url in [*pages_of(furnished), *states_of(furnished).items()]:
        looker.open(name, site + url, status=200)
        is_ours = not name.endswith(("_history", "_delete"))
        looker.look(thorough=is_ours, keep=is_ours)


def test_a_person_who_may_only_look(
    lookers: Lookers, site: str, furnished: Furnished
) -> None:
    looker = lookers(person("looker", *LOOKS))
    for name, url in pages_of(furnished):
        if TABLE[name].looker == 200 and not name.endswith("_history"):
            looker.open(name, site + url)
            looker.look(thorough=False, keep=False)
    looker.open("index", site + INDEX)
    looker.look()


def test_a_person_who_may_do_nothing(
    lookers: Lookers, site: str, furnished: Furnished
) -> None:
    looker = lookers(person("nobody"))
    looker.open("home", f"{site}/admin/")
    looker.look()
    refused = [("index", INDEX, 404)]
    refused += [(name, url, 403) for name, url in pages_of(furnished)]
    for name, url, status in refused:
        looker.open(name, site + url, status=status)
        assert furnished.house.org.label not in looker.page.content(), name
    looker.look()


def test_an_empty_installation(lookers: Lookers, site: str, full: User) -> None:
    looker = lookers(full)
    for name in ("org", "sobject", "syncplan", "syncrun", "record", "apicall"):
        looker.open(f"empty-{name}", site + _url(f"{name}_changelist"))
        looker.look(thorough=False)
    for name, url in (
        ("index", INDEX),
        ("storage", _url("org_storage")),
        ("explore", _url("org_explore")),
        ("compare", _url("sobject_compare")),
    ):
        looker.open(f"empty-{name}", site + url)
        looker.look()


def test_pages_that_answer(
    lookers: Lookers, site: str, furnished: Furnished, full: User
) -> None:
    looker = lookers(full)
    page, org = looker.page, furnished.house.org

    looker.open("answer-rest", site + _url("org_explore"))
    page.select_option("#id_org", str(org.pk))
    page.fill("#id_path", "/services/data/v66.0/query?q=SELECT Id, Name FROM Account")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".sf-x-grid")).to_be_visible()
    looker.look()

    looker.open("answer-soql", site + _url("org_query"))
    for box in page.locator(".sf-x-orgs input").all():
        box.check()
    page.fill("#id_soql", "SELECT Id, Name FROM Account LIMIT 5")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".sf-x-dead").first).to_be_visible()
    looker.look()

    looker.open(
        "answer-preview", site + _url("syncplan_change", furnished.house.plan.pk)
    )
    button = page.get_by_role("button", name="Preview rows and cost")
    button.evaluate("button => button.removeAttribute('formtarget')")
    button.click()
    expect(page.locator("#content")).to_contain_text("Calls of the first run")
    looker.look()

    for name in ("org", "connectedapp", "syncplan"):
        looker.open(f"answer-{name}-refused", site + _url(f"{name}_add"))
        page.locator("[name=_save]").click()
        expect(page.locator(".errornote")).to_be_visible()
        looker.look()
