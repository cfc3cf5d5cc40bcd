"""Connect two orgs from the admin, fetch with Celery, see the records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from project.demo.visitor import Visitor
from tests.journeys import people, sites
from tests.journeys.people import admin_url
from tests.journeys.sites import Site

pytestmark = [pytest.mark.timeout(300), pytest.mark.once]


@pytest.fixture(scope="module")
def orgs() -> Iterator[tuple[Any, Any]]:
    from sfconnector.testing.orgs import org_factory

    with org_factory() as factory:
        yield (
            factory("Acme", records={"Account": 4300, "Contact": 120, "User": 4}),
            factory("Acme Sandbox", records={"Account": 70}, sandbox=True, seed=2),
        )


@pytest.fixture(
    scope="module",
    params=[
        "one process",
        pytest.param(
            "many processes", marks=[pytest.mark.postgresql, pytest.mark.redis]
        ),
    ],
)
def site(
    request: pytest.FixtureRequest,
    orgs: tuple[Any, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    if request.param == "one process":
        serving = sites.in_one_process(folder, orgs=orgs)
    else:
        serving = sites.in_many_processes(folder, orgs=orgs, redis_number=11)
    with serving as running:
        yield running


def see_records(visitor: Visitor, alias: str, sobject: str) -> str:
    page = visitor.get(admin_url("record_browse", alias, sobject))
    assert page.status == 200, page.text
    return page.html


def test_two_orgs_are_connected_fetched_and_seen(site: Site, orgs: tuple[Any, Any]):
    production, sandbox = orgs
    visitor = site.visitor()

    first = people.add_org(visitor, production, alias="acme-prod")
    second = people.add_org(visitor, sandbox, alias="acme-sandbox")
    for key, simulated in ((first, production), (second, sandbox)):
        page = people.connect(visitor, key)
        assert page.path == admin_url("org_change", key), page.text
        assert "is connected" in page.messages
        for fact in (simulated.org_id, simulated.user.username, simulated.name):
            assert fact in page.text

    page = people.press(visitor, "org_change", "org_discover", first)
    assert "objects" in page.messages

    accounts = people.add_plan(visitor, first, kind="object", sobject="account")
    others = people.add_plan(visitor, second, kind="object", sobject="Account")
    for plan, simulated in ((accounts, production), (others, sandbox)):
        figures = people.run_plan(visitor, plan)
        assert figures["state"] in people.DONE, site.logs()[-3000:]
        live = simulated.record_counts()["Account"]
        assert int(figures["values"]["fetched"].replace(",", "")) >= live

    found = {row["alias"]: row["status"] for row in site.json("sf_orgs")}
    assert (found["acme-prod"], found["acme-sandbox"]) == ("connected", "connected")

    html = see_records(visitor, "acme-prod", "Account")
    assert "4,300" in html or "4300" in html


def test_an_endpoint_is_fetched_and_shown_as_a_tree(site: Site, orgs: tuple[Any, Any]):
    visitor = site.visitor()
    org = people.add_org(visitor, orgs[0], alias="seed-call", name="Seed app")
    people.connect(visitor, org)
    path = "/services/data/v39.0/sobjects/account"
    plan = people.add_plan(visitor, org, kind="endpoint", path=path)
    assert people.run_plan(visitor, plan)["state"] in people.DONE
    page = visitor.get(admin_url("syncplan_change", plan))
    answers = visitor.get(admin_url("cachedresponse_changelist") + f"?plan={plan}")
    assert "200" in answers.text
    assert page.status == 200
