"""Which simulated orgs the demo shows: two that live, and one that has died."""

from __future__ import annotations

from collections.abc import Sequence

from project.demo.simulators import Pretend
from project.ports import is_free

PRODUCTION = {
    "Account": 1200,
    "Contact": 2500,
    "Lead": 1500,
    "Opportunity": 1800,
    "User": 25,
}
SANDBOX = {"Account": 150, "Contact": 300, "Lead": 80, "Opportunity": 120, "User": 5}
USUAL_PORTS = (9001, 9002)


def living(ports: Sequence[int] | None) -> list[Pretend]:
    """Return a production-like and a sandbox-like org with different data.

    ``ports`` are taken as they are; without them the usual ones, or free ones where
    the usual ones are taken, by a demo in another folder for example.
    """
    first, second = ports or [_usual_or_free(port) for port in USUAL_PORTS]
    return [
        Pretend(
            alias="acme-prod",
            name="Acme",
            port=first,
            seed=1,
            is_sandbox=False,
            records=PRODUCTION,
        ),
        Pretend(
            alias="acme-sandbox",
            name="Acme Sandbox",
            port=second,
            seed=2,
            is_sandbox=True,
            records=SANDBOX,
        ),
    ]


def dying() -> Pretend:
    """Return the org that is connected and then switched off, as some sandboxes are."""
    return Pretend(
        alias="globex-uat",
        name="Globex UAT",
        port=0,
        seed=3,
        is_sandbox=True,
        records={"Account": 40},
    )


def _usual_or_free(port: int) -> int:
    return port if is_free(port) else 0
