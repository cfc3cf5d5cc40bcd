"""Spoil what the org sends of one record, wherever in a page it comes."""

from __future__ import annotations

import gzip
from typing import Any

from salesforce_simulator import SalesforceOrg


class Spoilt:
    """Replaces text in the JSON of one record, in every answer to come.

    A fault of the switchboard strikes a place in the walk; this one strikes a record,
    so that a walk which begins anew elsewhere meets it again.
    """

    def __init__(
        self, simulated: SalesforceOrg, record_id: str, *, old: str, new: str
    ) -> None:
        self.record_id = record_id.encode()
        self.old, self.new = old.encode(), new.encode()
        self.fired = 0
        self._simulated = simulated
        simulated.before_send.append(self._spoil)

    def heal(self) -> None:
        """Send the record as it is again."""
        self._simulated.before_send.remove(self._spoil)

    def _spoil(self, request: Any, response: Any) -> None:
        if "/query" not in request.path:
            return
        response.gather()
        is_zipped = response.headers.get("Content-Encoding") == "gzip"
        body = gzip.decompress(response.body) if is_zipped else response.body
        place = body.find(b"/" + self.record_id)
        if place < 0:
            return
        start = body.rfind(b'{"attributes"', 0, place)
        end = body.find(b',{"attributes"', place)  # not that of a parent
        end = len(body) if end < 0 else end
        record = body[start:end]
        assert self.old in record, record
        body = body[:start] + record.replace(self.old, self.new, 1) + body[end:]
        response.body = gzip.compress(body) if is_zipped else body
        self.fired += 1
