"""What goes wrong in the demo, so that its pages have something to say.

A field that only production has, a plan of the sandbox that asks for it all the same,
and an org that no longer answers.
"""

from __future__ import annotations

import requests

from project.demo.simulators import Served
from sfconnector import sync
from sfconnector.models import Org, SyncPlan

FIELD = "Loyalty_Tier__c"
PATIENCE_SECONDS = 10


def add_field(served: Served) -> None:
    """Give the simulated org a field that the other one lacks."""
    session = requests.Session()
    session.trust_env = False  # it is on this computer: no proxy
    url = f"{served.base_url}/__simulator__/actions/add_field"
    field = {"sobject": "Account", "field": FIELD, "label": "Loyalty Tier"}
    session.post(url, json=field, timeout=PATIENCE_SECONDS).raise_for_status()


def plan_that_fails(org: Org) -> SyncPlan:
    """Plan a query that names the field, in an org that does not have it."""
    return sync.plan_soql(
        org,
        soql=f"SELECT Id, Name, {FIELD} FROM Account",  # noqa: S608 - no input in it
        name="Loyalty tiers",
        schedule=SyncPlan.Schedule.EVERY,
        every_minutes=60,
    )
