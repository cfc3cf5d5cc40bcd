"""Nothing secret is seen anywhere while two kinds of site do the main job.

The simulated org sees every secret in clear, so the test takes them from there and
looks for each of them in everything that was written or shown.
"""

from __future__ import annotations

import base64
import json
import threading
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Self

import psycopg
import pytest
import redis

from project.demo.visitor import Visitor
from tests.journeys import people, sites
from tests.journeys.people import admin_url
from tests.journeys.sites import Site
from tests.security.canaries import Canaries

if TYPE_CHECKING:
    from salesforce_simulator import SalesforceOrg

pytestmark = [pytest.mark.timeout(300), pytest.mark.once]
CHANGELISTS = (
    "connectedapp",
    "org",
    "sobject",
    "syncplan",
    "syncrun",
    "record",
    "apicall",
    "cachedresponse",
    "auditevent",
)


@pytest.fixture
def acme() -> Iterator[SalesforceOrg]:
    from sfconnector.testing.orgs import org_factory

    with org_factory() as factory:
        org = factory("Acme", records={"Account": 60, "Contact": 20})
        org.app.rotate_refresh_tokens = True
        yield org


class BrokerEar:
    """Listens to everything that is said to the broker."""

    def __init__(self, url: str) -> None:
        self._client = redis.Redis.from_url(url)
        self.heard: list[str] = []
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def _listen(self) -> None:
        with self._client.monitor() as monitor:
            while not self._is_over.is_set():
                self.heard.append(str(monitor.next_command()["command"]))

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._client.ping()  # one more command, so that the listener wakes up
        self._thread.join(5)
        self._client.close()


def do_the_main_job(site: Site, acme: SalesforceOrg) -> Visitor:
    """Connect, fetch, expire, fetch again (which refreshes), reconnect, disconnect."""
    visitor = site.visitor()
    org = people.add_org(visitor, acme, alias="acme")
    people.connect(visitor, org)
    plan = people.add_plan(visitor, org, kind="object", sobject="Account")
    assert people.run_plan(visitor, plan)["state"] in people.DONE
    acme.expire_sessions()
    assert people.run_plan(visitor, plan)["state"] in people.DONE
    people.answer_consent(visitor, people.go_to_consent(visitor, org), "deny")
    people.connect(visitor, org)
    return visitor


def admin_pages(visitor: Visitor) -> Iterator[tuple[str, str]]:
    """Yield every list page and every page that it links to."""
    for model in CHANGELISTS:
        page = visitor.get(admin_url(f"{model}_changelist"))
        assert page.status == 200, f"{model}: {page.text[:300]}"
        yield page.url, page.html
        for part in page.html.split('href="')[1:]:
            path = part.split('"', 1)[0].replace("&amp;", "&")
            if path.startswith("/admin/sfconnector/") and "?" not in path:
                linked = visitor.get(path)
                yield linked.url, linked.html
    history = visitor.get("/admin/")
    yield history.url, history.html


def records_and_explorer(visitor: Visitor) -> Iterator[tuple[str, str]]:
    """Yield a record's page, and the explorer's once it was used in every way."""
    listed = visitor.get(admin_url("record_browse", "acme", "Account"))
    one = listed.html.split(f'href="{listed.path}001')[1].split('"')[0]
    record = visitor.get(f"{listed.path}001{one}")
    assert record.status == 200
    yield record.url, record.html
    page = visitor.get(admin_url("org_explore"))
    form = page.form(field="path")
    version = "/services/data/v66.0"
    for typed in (
        {"path": f"{version}/"},
        {"path": f"{version}/query?q=SELECT Id, Name FROM Account"},
        {"path": f"{version}/limits", "do": "code"},
        {"path": f"{version}/limits", "do": "postman"},
        {"path": f"{version}/limits", "do": "keep", "name": "Limits", "share": "on"},
        {"path": "/services/oauth2/userinfo"},
    ):
        answer = visitor.submit(page, form, **typed)
        assert answer.status == 200
        yield answer.url, answer.html
    page = visitor.get(admin_url("org_query"))
    typed = {"orgs": form.values["org"], "soql": "SELECT Id FROM Account"}
    answer = visitor.submit(page, page.form(field="soql"), **typed)
    assert "60 rows" in answer.text
    yield answer.url, answer.html


def sessions_of(dump: str) -> str:
    """Decode the sessions of a dump, which are compressed inside their signature."""
    decoded = []
    for row in json.loads(dump):
        if row["model"] == "sessions.session":
            payload = row["fields"]["session_data"].split(":")[0]
            is_compressed = payload.startswith(".")
            data = base64.urlsafe_b64decode(payload.lstrip(".") + "===")
            decoded.append((zlib.decompress(data) if is_compressed else data).decode())
    assert decoded
    return "\n".join(decoded)


def assert_clean(site: Site, visitor: Visitor, canaries: Canaries) -> None:
    kinds = {
        "consumer secret",
        "code",
        "code_verifier",
        "access_token",
        "refresh_token",
    }
    assert kinds <= set(canaries.found.values()), "the journey met every kind of secret"
    for url, html in chain(records_and_explorer(visitor), admin_pages(visitor)):
        assert canaries.seen_in(html) == set(), url
    dump = site.command("dumpdata")
    assert canaries.seen_in(dump) == set()
    assert canaries.seen_in(sessions_of(dump)) == set()
    site.stop()
    logs = site.logs()
    assert "DEBUG" in logs, "the logs are those of DEBUG level"
    assert canaries.seen_in(logs) == set()


def test_nothing_secret_is_seen_on_a_site_in_one_process(acme, tmp_path):
    canaries = Canaries(acme)
    with sites.in_one_process(tmp_path, orgs=[acme]) as site:
        visitor = do_the_main_job(site, acme)
        assert_clean(site, visitor, canaries)


@pytest.mark.postgresql
@pytest.mark.redis
def test_nothing_secret_is_seen_on_a_site_with_a_broker(acme, tmp_path):
    canaries = Canaries(acme)
    with sites.in_many_processes(tmp_path, orgs=[acme], redis_number=12) as site:
        with BrokerEar(site.environment["CELERY_BROKER_URL"]) as ear:
            visitor = do_the_main_job(site, acme)
        said = "\n".join(ear.heard)
        assert "sfconnector.run_plan" in said, "the doorbells were heard"
        assert canaries.seen_in(said) == set()
        assert canaries.seen_in(rows_of(site.environment["DATABASE_URL"])) == set()
        assert_clean(site, visitor, canaries)


def rows_of(database: str) -> str:
    """Return every row of every table as text."""
    with psycopg.connect(database) as connection:
        found = connection.execute(
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = 'public'"
        )
        tables = [name for (name,) in found.fetchall()]
        lines = []
        for table in tables:
            rows = connection.execute(f'SELECT t::text FROM "{table}" t'.encode())
            lines += [line for (line,) in rows.fetchall()]
        return "\n".join(lines)
