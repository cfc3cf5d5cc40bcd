"""What a person does in the admin, step by step, for the journeys to tell."""

from __future__ import annotations

import json
import re
import time
from typing import Any

from django.urls import reverse

from project.demo.visitor import Page, Visitor

PATIENCE_SECONDS = 120
DONE = {"succeeded", "warnings"}
"""How a run ends that read everything; odd characters in the data earn a warning."""
PK = re.compile(r"/(\d+)/")


def pk_in(path: str) -> int:
    """Return the primary key in an admin address."""
    found = PK.search(path)
    assert found, path
    return int(found[1])


def admin_url(name: str, *arguments: object) -> str:
    """Return the address of a page of the app's admin."""
    return reverse(f"admin:sfconnector_{name}", args=arguments)


def add(visitor: Visitor, model: str, **typed: str) -> Page:
    """Fill the *add* form of a model and save; the page that follows comes back."""
    page = visitor.get(admin_url(f"{model}_add"))
    form = page.form(field=next(iter(typed)))
    return visitor.submit(page, form, _continue="1", **typed)


def add_app(visitor: Visitor, simulated: Any, **changed: str) -> int:
    """Add the connected app of a simulated org; return its primary key."""
    values = {
        "name": f"{simulated.name} app",
        "consumer_key": simulated.consumer_key,
        "consumer_secret": simulated.consumer_secret,
        **changed,
    }
    page = add(visitor, "connectedapp", **values)
    assert not page.errors, page.errors
    return pk_in(page.path)


def add_org(visitor: Visitor, simulated: Any, *, alias: str, **changed: str) -> int:
    """Add an app and an org that logs in at a simulated org; return the org's key."""
    app = add_app(visitor, simulated, **changed)
    page = add(
        visitor,
        "org",
        alias=alias,
        app=str(app),
        environment="my_domain",
        my_domain=simulated.base_url,
    )
    assert not page.errors, page.errors
    return pk_in(page.path)


def press(visitor: Visitor, page_name: str, action_name: str, pk: int) -> Page:
    """Open the page of a row and press the button that posts to an action of it."""
    page = visitor.get(admin_url(page_name, pk))
    return visitor.submit(page, page.form(action=admin_url(action_name, pk)))


def go_to_consent(visitor: Visitor, org: int) -> Page:
    """Press *Connect*; return the page that the org asks for consent with."""
    return press(visitor, "org_change", "org_connect", org)


def answer_consent(visitor: Visitor, consent: Page, action: str) -> Page:
    """Press *Allow* or *Deny* and come back."""
    form = consent.form(action="/services/oauth2/authorize")
    return visitor.submit(consent, form, action=action)


def connect(visitor: Visitor, org: int) -> Page:
    """Connect an org through its consent page; return the org's page."""
    return answer_consent(visitor, go_to_consent(visitor, org), "allow")


def add_plan(visitor: Visitor, org: int, **typed: str) -> int:
    """Add a plan; return its primary key."""
    page = add(visitor, "syncplan", org=str(org), **typed)
    assert not page.errors, page.errors
    return pk_in(page.path)


def run_plan(visitor: Visitor, plan: int) -> dict[str, Any]:
    """Press *Run now* and wait until the run is over; return its figures."""
    page = press(visitor, "syncplan_change", "syncplan_run", plan)
    assert page.status == 200, page.text
    return wait_for_run(visitor, pk_in(page.path))


def wait_for_run(visitor: Visitor, run: int) -> dict[str, Any]:
    """Ask for the progress of a run until it is over."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        page = visitor.get(admin_url("syncrun_progress", run))
        figures: dict[str, Any] = json.loads(page.html)
        if not figures["active"]:
            return {**figures, "run": run}
        time.sleep(0.2)
    raise AssertionError(f"Run {run} is not over: {figures}")
