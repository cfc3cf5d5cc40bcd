"""How a corrupt answer began stands in the run's log, without secrets (F20)."""

from __future__ import annotations

import gzip
import json

import pytest

from sfconnector import sync
from sfconnector.models import SyncRun
from sfconnector.secret import MASK
from tests.faults.conftest import FIELDS
from tests.sync.conftest import run

State = SyncRun.State
CANARY = "00D000000000001!canary.of.a.token"
LONG = f'"access_token":"{CANARY}","padding":"{"x" * 500}"'


def spoilt(old: bytes, new: bytes):
    """Spoil every page of records, or every result of a job, alike."""

    def hook(request, response):
        if not request.path.endswith(("/queryAll", "/results")):
            return
        response.gather()
        zipped = response.headers.pop("Content-Encoding", "") == "gzip"
        body = gzip.decompress(response.body) if zipped else response.body
        response.body = body.replace(old, new, 1)

    return hook


def excerpts(run: SyncRun) -> list[str]:
    begin = "The answer began: "
    texts = run.log.filter(text__startswith=begin).values_list("text", flat=True)
    return [text.removeprefix(begin) for text in texts]


REST = {
    "not JSON": (b'{"totalSize"', f"{{{LONG}: {{".encode()),
    "another frame": (b'{"totalSize"', f'{{{LONG},"size"'.encode()),
    "a record without an id": (b'"Id":', f'{LONG},"Key":'.encode()),
    "no way on": (b'"nextRecordsUrl"', f'{LONG},"next"'.encode()),
    "a page of the web": (b'{"totalSize"', f"<html>{LONG}{{".encode()),
}


@pytest.mark.parametrize(("old", "new"), REST.values(), ids=REST)
def test_the_start_of_a_spoilt_page_is_in_the_log(plan, org, simulated, old, new):
    simulated.before_send.append(spoilt(old, new))
    done = run(plan)
    assert done.state == State.PARKED
    found = excerpts(done)
    assert found
    body = new if old.startswith(b"{") else b'{"totalSize"'
    assert all(one[:12] == body.decode()[:12] for one in found)
    assert all(len(one) <= 200 for one in found)
    everything = json.dumps(list(done.log.values_list("text", flat=True)))
    assert CANARY not in everything + done.error_text
    assert MASK in found[0] or old == b'"Id":'


CSV = {
    "columns of another kind": (b'"Name"', f'"Nom {CANARY}"'.encode()),
    "an id that is none": (b'\n"001', f'\n"{CANARY}","001'.encode()),
    "a quote that never closes": (b'"Id"', f'"Id"{CANARY}'.encode()),
}


@pytest.mark.parametrize(("old", "new"), CSV.values(), ids=CSV)
def test_the_start_of_a_spoilt_result_is_in_the_log(org, simulated, old, new):
    simulated.before_send.append(spoilt(old, new))
    done = run(sync.plan_object(org, sobject="Account", mode="bulk", fields=FIELDS))
    assert done.state == State.PARKED
    found = excerpts(done)
    assert found
    assert all(one.startswith('"Id"') for one in found)
    assert all(len(one) <= 200 for one in found)
    assert all(CANARY not in one for one in found)
