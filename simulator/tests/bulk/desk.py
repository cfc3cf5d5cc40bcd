"""A desk that hands requests to the bulk jobs of a small org."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

from soql.cosmos import USER, Cosmos

from salesforce_simulator.bulk import Answer, Ask, BulkError, Caller, Jobs


class Desk:
    """Sends requests as an HTTP layer would; version is that of the path."""

    def __init__(self, cosmos: Cosmos, *, version: str = "66.0") -> None:
        self.cosmos = cosmos
        self.version = version
        self.jobs = Jobs(clock=lambda: cosmos.now)

    def send(self, method: str, path: str, body: Any = None, **query: str) -> Answer:
        data = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        caller = Caller(
            schema=self.cosmos.schema,
            store=self.cosmos.store,
            user_id=USER,
            version=self.version,
        )
        return self.jobs.handle(
            Ask(method, tuple(path.split("/")), query, data, caller)
        )

    def value(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """The JSON of an answer."""
        return json.loads(json.dumps(self.send(method, path, body, **query).value))

    def text(self, path: str, **query: str) -> str:
        """The CSV of an answer."""
        answer = self.send("GET", path, **query)
        assert answer.chunks is not None
        return b"".join(answer.chunks).decode()

    def rows(self, path: str, **query: str) -> list[list[str]]:
        """The rows of a comma-separated answer, the header first."""
        return list(csv.reader(io.StringIO(self.text(path, **query), newline="")))

    def refusal(
        self, method: str, path: str, body: Any = None, **query: str
    ) -> tuple[int, str, str]:
        try:
            self.send(method, path, body, **query)
        except BulkError as error:
            return error.status, error.code, error.message
        raise AssertionError(f"accepted: {method} {path} {body}")

    def wait(self, seconds: float) -> None:
        """Let the org's clock go on."""
        self.cosmos.now += timedelta(seconds=seconds)

    def query(self, soql: str, **options: Any) -> str:
        """Create a query job and return its id."""
        body = {"operation": "query", "query": soql, **options}
        return str(self.value("POST", "query", body)["id"])

    def exported(self, soql: str, **options: Any) -> str:
        """Create a query job, wait until it is done and return its id."""
        job = self.query(soql, **options)
        self.wait(60)
        assert self.value("GET", f"query/{job}")["state"] == "JobComplete"
        return job

    def load(self, operation: str, data: str, **options: Any) -> str:
        """Create an ingest job of moons, upload, close, wait; return its id."""
        body = {"operation": operation, "object": "Moon__c", **options}
        job = str(self.value("POST", "ingest", body)["id"])
        assert self.send("PUT", f"ingest/{job}/batches", data.encode()).status == 201
        self.value("PATCH", f"ingest/{job}", {"state": "UploadComplete"})
        self.wait(60)
        self.jobs.advance()
        return job


def desk_with_moons() -> Desk:
    """An org with seven moons of one planet."""
    cosmos = Cosmos()
    planet = cosmos.add("Planet__c", Name="Jupiter, the great")
    for number in range(7):
        cosmos.add("Moon__c", Name=f"Moon {number}", Planet__c=planet["Id"])
    return Desk(cosmos)
