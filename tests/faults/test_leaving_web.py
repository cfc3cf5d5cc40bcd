"""A web process that is asked to end writes what is under way, up to a time-out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.journeys import sites
from tests.journeys.sites import Site

ROWS = 16_000
"""About 16 MB: more than the buffers between server and reader hold."""
FILL = f"""
from sfconnector.models import ConnectedApp, Org, Record, SField, SObject
app = ConnectedApp.objects.create(name="The app", consumer_key="3MVGkey")
org = Org.objects.create(alias="acme", app=app)
sobject = SObject.objects.create(org=org, name="Account", label="Account")
SField.objects.create(sobject=sobject, name="Name", label="Name", type="string")
Record.objects.bulk_create([
    Record(org=org, sobject="Account", record_id=f"001{{n:015d}}", content_hash=1,
           data={{"Name": f"{{n}} " + 1000 * "x"}})
    for n in range({ROWS})
], batch_size=500)
"""
SECONDS = 5


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site with many records, whose web process grants five seconds."""
    with sites.prepared(
        tmp_path, orgs=[], GUNICORN_GRACEFUL_SECONDS=str(SECONDS)
    ) as one:
        one.command("shell", "-v0", "-c", FILL)
        gunicorn = [str(sites.BIN / "gunicorn"), "project.wsgi", "--workers", "1"]
        one.start("web", *gunicorn, "--bind", sites.host_of(one.url))
        sites.wait_until_served(one)
        yield one


def begun(site: Site) -> Iterator[bytes]:
    """Begin an export; give its lines, the first of which has come."""
    cookies = site.visitor().cookies
    url = f"{site.url}/admin/sfconnector/record/browse/acme/Account/export/"
    answer = requests.post(
        url,
        {"format": "jsonl", "csrfmiddlewaretoken": cookies["csrftoken"]},
        cookies=cookies,
        headers={"Referer": url},
        stream=True,
        timeout=20,
    )
    assert answer.status_code == 200
    lines: Iterator[bytes] = answer.iter_lines(chunk_size=1 << 16)
    next(lines)
    return lines


def test_an_export_outlives_sigterm_up_to_the_time_out(site: Site):
    lines = begun(site)
    site.processes["web"].terminate()
    time.sleep(1)
    assert sum(1 for _ in lines) == ROWS - 1
    assert site.processes["web"].wait(10) == 0


@pytest.mark.soak
def test_an_export_that_takes_longer_is_cut_then(site: Site):
    lines = begun(site)
    began = time.monotonic()
    site.processes["web"].terminate()
    site.processes["web"].wait(20)
    assert SECONDS - 1 < time.monotonic() - began < SECONDS + 4
    with pytest.raises(requests.RequestException):
        list(lines)
