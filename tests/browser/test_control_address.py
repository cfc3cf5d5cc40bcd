"""A web page of another origin changes nothing at the simulator's control address."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page

from salesforce_simulator import SalesforceOrg

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

ATTACK = """
async ({board, wanted}) => {
  const body = '{}', json = {'Content-Type': 'application/json'};
  const tries = [];
  for (const [method, path] of wanted) {
    const url = `${board}/${path}`;
    tries.push(
      fetch(url, {method, body, mode: 'no-cors'}),
      fetch(url, {method, body, headers: json, mode: 'cors'}),
      fetch(url, {method, body, headers: json, credentials: 'include'}),
      fetch(url, {method, mode: 'no-cors', referrerPolicy: 'no-referrer'}),
      fetch(url, {method, body: new Blob([body], {type: 'application/json'})}),
      new Promise(done => {
        const request = new XMLHttpRequest();
        request.onloadend = done;
        request.open(method, url);
        request.setRequestHeader('Content-Type', 'text/plain');
        request.send(body);
      }),
    );
    navigator.sendBeacon(url, body);
    for (const enctype of ['text/plain', 'application/x-www-form-urlencoded']) {
      tries.push(new Promise(done => {
        const frame = document.createElement('iframe');
        frame.name = `f${Math.random()}`;
        document.body.append(frame);
        const form = document.createElement('form');
        Object.assign(form, {method: 'post', action: url, enctype, target: frame.name});
        const field = document.createElement('input');
        [field.name, field.value] = ['{"records": true, "x": "', '"}'];
        form.append(field);
        document.body.append(form);
        frame.onload = done;
        form.submit();
      }));
    }
  }
  const ends = await Promise.allSettled(tries);
  return ends.filter(end => end.value instanceof Response && end.value.ok).length;
}
"""
OWN = """
async ({path}) => {
  const headers = {'Content-Type': 'application/json'};
  return (await fetch(path, {method: 'POST', body: '{}', headers})).status;
}
"""
WANTED = [
    ("POST", "reset"),
    ("POST", "actions/expire_sessions"),
    ("POST", "actions/exhaust_limit"),
    ("POST", "users"),
    ("POST", "apps"),
    ("DELETE", "faults"),
    ("DELETE", "requests"),
]


class _Anywhere(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<!doctype html><title>Anywhere</title><body>Hello"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def anywhere() -> Iterator[int]:
    """Serve a page that is not the simulator's; gives the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Anywhere)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def window(browser: Browser) -> Iterator[Page]:
    """Give a window whose console may complain: the attacks below shall fail."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def state(org: SalesforceOrg) -> tuple[object, ...]:
    return (
        *(len(org.faults), len(org.requests), len(list(org.users))),
        *(len(list(org.apps)), len(org.grants.sessions()), org.limits.used),
    )


def furnish(org: SalesforceOrg) -> None:
    """Make something that each of the attacks would take away."""
    org.faults.add("/limits", status=500)
    org.grants.open_session(app=org.app, user=org.user, scopes=("api",))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "evil.localhost"])
def test_a_page_of_another_origin_changes_nothing(
    window: Page, anywhere: int, salesforce_org: SalesforceOrg, host: str
) -> None:
    furnish(salesforce_org)
    before = state(salesforce_org)
    window.goto(f"http://{host}:{anywhere}/")
    board = f"{salesforce_org.base_url}/__simulator__"
    assert window.evaluate(ATTACK, {"board": board, "wanted": WANTED}) == 0
    assert state(salesforce_org) == before


def test_a_name_that_leads_to_loopback_changes_nothing(
    window: Page, salesforce_org: SalesforceOrg
) -> None:
    """A page may let its own name resolve to 127.0.0.1: then all is of one origin."""
    furnish(salesforce_org)
    before = state(salesforce_org)
    named = salesforce_org.base_url.replace("127.0.0.1", "evil.localhost")
    window.goto(named)
    for _, path in WANTED:
        assert window.evaluate(OWN, {"path": f"/__simulator__/{path}"}) == 403
    assert state(salesforce_org) == before


def test_the_same_requests_of_its_own_page_work(
    window: Page, salesforce_org: SalesforceOrg
) -> None:
    """The attacks above fail for who asks, not for what they ask."""
    furnish(salesforce_org)
    window.goto(salesforce_org.base_url)
    assert window.evaluate(OWN, {"path": "/__simulator__/reset"}) == 204
    assert len(salesforce_org.faults) == 0
