"""``python -m benchmarks.replay``: a pretend org that answers from memory.

What it made once - pages of a query, results of a Bulk job - it sends again as ready
bytes, for as long as no record changed. So whoever is measured reads from a server
that costs next to nothing, by real HTTP, and never waits for one that makes JSON.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
import time
from collections.abc import Hashable
from email.utils import format_datetime

from salesforce_simulator import SalesforceOrg, serve
from salesforce_simulator.wire.messages import Request, Response


class Replay:
    """A pretend org and what it answered before."""

    def __init__(self, org: SalesforceOrg, *, latency_ms: float) -> None:
        self.org = org
        self.base_url = ""
        self._latency = latency_ms / 1000
        self._answers: dict[Hashable, Response] = {}
        self._stamp: object = None

    def respond(self, request: Request) -> Response:
        """Answer one request: from memory where that is as true as making it anew."""
        time.sleep(self._latency)
        key = self._key(request)
        if key is None:
            return self._made(request)
        known = self._answers.get(key)
        if known is None:
            known = self._made(request)
            if known.status == 200:
                self._answers[key] = known
        date = format_datetime(self.org.clock.now(), usegmt=True)
        return Response(
            known.status, body=known.body, headers=known.headers | {"Date": date}
        )

    def _made(self, request: Request) -> Response:
        if request.method == "DELETE" and "/jobs/query/" in request.path:
            return Response(204)  # the next one to ask the same gets this job
        self.org.base_url = self.base_url
        response = self.org.respond(request)
        response.gather()
        return response

    def _key(self, request: Request) -> Hashable | None:
        """Return what the answer depends on; None when it is made each time."""
        if self._stamp != self.org.records.stamp:
            self._stamp = self.org.records.stamp
            self._answers.clear()
        path = request.path.lower().rstrip("/")
        if request.method == "POST" and path.endswith("/jobs/query"):
            job = request.json()
            return job["operation"], job["query"]
        is_page = "/query" in path and "/jobs/" not in path
        if request.method != "GET" or not (is_page or "/result" in path):
            return None
        zipped = "gzip" in request.headers.get("accept-encoding", "")
        return path, tuple(sorted(request.query.items())), zipped


def main() -> None:
    """Serve until SIGTERM; print a ready line like the simulator's."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replay")
    parser.add_argument("--name", required=True)
    parser.add_argument("--records", type=int, required=True)
    parser.add_argument("--latency-ms", type=float, default=0.0)
    options = parser.parse_args()
    org = SalesforceOrg(
        options.name,
        records={"Account": options.records},
        daily_api_requests=10_000_000,
    )
    done = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: done.set())
    with serve(Replay(org, latency_ms=options.latency_ms)) as url:
        org.base_url = url
        sys.stdout.write(json.dumps(org.ready_line()) + "\n")
        sys.stdout.flush()
        done.wait()


if __name__ == "__main__":
    main()
