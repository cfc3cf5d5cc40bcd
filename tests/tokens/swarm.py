"""Many processes that call one org at the same moment: ``python -m tests.tokens.swarm``.

One process loads Django and forks the others, so that 32 of them start in a second.
Each waits for the starting signal, calls once and reports what happened.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")


def main() -> int:
    """Read the orders, run the swarm, print the outcomes as one JSON line."""
    orders: dict[str, Any] = json.loads(sys.argv[1])
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections

    settings.SFCONNECTOR = {**settings.SFCONNECTOR, **orders.get("settings", {})}
    connections.close_all()
    gate_out, gate_in = os.pipe()
    report_out, report_in = os.pipe()
    children = []
    for number in range(orders["processes"]):
        pid = os.fork()
        if pid == 0:
            os.close(gate_in)
            _child(number, orders, gate_out, report_in)
        children.append(pid)
    os.close(report_in)
    time.sleep(orders.get("settle", 0.2))
    os.close(gate_in)
    rotated = _rotate() if orders.get("rotate") else []
    killed = sum(os.WIFSIGNALED(os.waitpid(pid, 0)[1]) for pid in children)
    with os.fdopen(report_out) as lines:
        outcomes = [json.loads(line) for line in lines]
    told = {"outcomes": outcomes, "killed": killed, "status": rotated}
    print(json.dumps(told))
    return 0


def _child(number: int, orders: dict[str, Any], gate: int, report: int) -> None:
    os.read(gate, 1)
    outcomes = [_call(orders) for _ in range(orders.get("calls", 1))]
    told = "".join(json.dumps(one) + "\n" for one in outcomes)
    os.write(report, told.encode())
    os._exit(0)


def _call(orders: dict[str, Any]) -> dict[str, str]:
    from sfconnector import orgs
    from sfconnector.exceptions import SFConnectorError
    from sfconnector.models import Org
    from sfconnector.tokens import lease

    if orders.get("die_before_sending"):
        lease.Lease.mark_sent = _die
    try:
        org = Org.objects.get(pk=orders["org"])
        with orgs.client_for(org, purpose="swarm", patient=False) as client:
            client.limits()
    except SFConnectorError as error:
        return {"outcome": type(error).__name__, "text": str(error)}
    return {"outcome": "ok"}


def _rotate() -> list[str]:
    """Rotate until nothing is left to do; name the keys that still seal something."""
    from sfconnector import keys

    while keys.rotate(batch=1).resealed:
        pass
    return sorted(keys.status().counts)


def _die(_lease: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
