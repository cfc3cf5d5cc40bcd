"""The door: one call that somebody worded, checked, bounded, masked, written down."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sfconnector import audit, catalog, orgs
from sfconnector.audit import Actor
from sfconnector.exceptions import InvalidRequest, SFConnectorError
from sfconnector.gateway import permits
from sfconnector.gateway.call import Call, Request
from sfconnector.gateway.naming import Names
from sfconnector.gateway.parts import with_parts
from sfconnector.gateway.reply import Reply, reply_of
from sfconnector.models import Org
from sfconnector.salesforce.client import Client
from sfconnector.salesforce.redaction import redact_path
from sfconnector.salesforce.transport import MEGABYTE
from sfconnector.texts import gettext_noop as _

MOST_BYTES: Mapping[str, int] = {"plan": 16 * MEGABYTE}
"""Of an answer, by purpose; ``MOST_SHOWN`` for all others."""
MOST_SHOWN = 5 * MEGABYTE
MOST_PARTS: Mapping[str, int] = {"plan": 1_500_000}
MOST_PARTS_SHOWN = 400_000
"""Values of an answer that a page draws."""
_ACTIONS = {"explorer": "explorer.send", "preview": "plan.preview", "plan": "plan.send"}
_OBJECT = re.compile(
    r"/services/data/v(?P<version>[\d.]+)/sobjects/(?P<name>\w+)(?P<rest>.*)", re.DOTALL
)


def ask(  # noqa: PLR0913 - all keyword-only but two
    org: Org,
    call: Call,
    *,
    by: Actor,
    purpose: str,
    may_write: bool = False,
    confirmed_alias: str = "",
    through: Client | None = None,
) -> Reply:
    """Send a call to an org as its connected user; return what came, refusals too.

    ``purpose`` is ``explorer``, ``preview``, ``plan`` or ``command``; ``through`` is a
    client that is open already. Raises Forbidden for a person without the right, for a
    write without ``may_write``, for one to an org that is not known to be a sandbox
    unless ``confirmed_alias`` is its alias, and for any write of a plan; InvalidRequest
    for a call that names a masked field or may bring one out; Corrupt for an answer
    beyond bounds; what the client raises when no answer came.
    """
    trail = Trail(org, purpose, {"method": call.method, "path": redact_path(call.path)})
    masks = catalog.masks_of(org)
    with trail.refusals(by):
        permits.check(by, purpose)
        permits.check_write(
            org,
            call,
            by=by,
            purpose=purpose,
            may_write=may_write,
            alias=confirmed_alias,
        )
        check_names(Names(org, masks), call)
    with trail.failures(by):
        path = spelled(org, call.path)
        with _client(org, purpose, by=by, through=through) as client:
            answer = client.request(
                call.method,
                path,
                headers=_headers(call),
                body=call.body.encode() if call.body else None,
                check=False,
                maximum_bytes=MOST_BYTES.get(purpose, MOST_SHOWN),
            )
        reply = reply_of(
            call,
            answer,
            masks=masks,
            most_parts=MOST_PARTS.get(purpose, MOST_PARTS_SHOWN),
        )
    outcome = "ok" if reply.status < 400 else "failed"
    trail.append(outcome, by=by, status=reply.status, ms=reply.duration_ms)
    return reply


def check_names(names: Names, call: Call) -> None:
    """Raise InvalidRequest for a call that names a masked field, in any of its parts.

    Its parts are read for their addresses in any case.
    """
    for part in with_parts(call):
        names.check_call(part)


def spelled(org: Org, path: str) -> str:
    """Return the path with the object's name in the org's own case.

    Raises InvalidRequest for a version that the org does not offer.
    """
    found = _OBJECT.fullmatch(path)
    if found is None:
        return path
    offered = [str(version) for version in org.api_versions]
    if offered and found["version"] not in offered:
        raise InvalidRequest(
            _("The org does not offer API version {version}.").format(
                version=found["version"]
            ),
            remedy=_("Choose one from {oldest} to {newest}.").format(
                oldest=offered[0], newest=offered[-1]
            ),
        )
    name = catalog.canonical_name(org, found["name"])
    return f"/services/data/v{found['version']}/sobjects/{name}{found['rest']}"


class Trail:
    """The line of the audit trail: what was asked and how it ended, never a body.

    A plan's runs have lines of their own; only what is refused of them is told here.
    """

    def __init__(self, org: Org, purpose: str, told: Mapping[str, Any]) -> None:
        self._org, self._purpose, self._told = org, purpose, told

    def append(self, outcome: str, *, by: Actor, **detail: Any) -> None:
        """Write the line."""
        if self._purpose == "plan" and outcome != "refused":
            return
        audit.append(
            _ACTIONS.get(self._purpose, f"{self._purpose}.send"),
            by=by,
            org=self._org,
            outcome=outcome,
            detail={**self._told, **detail},
        )

    @contextmanager
    def refusals(self, by: Actor) -> Iterator[None]:
        """Write down what is refused before anything is sent."""
        with self._noting("refused", by):
            yield

    @contextmanager
    def failures(self, by: Actor) -> Iterator[None]:
        """Write down that no answer came, or none that may be shown."""
        with self._noting("failed", by):
            yield

    @contextmanager
    def _noting(self, outcome: str, by: Actor) -> Iterator[None]:
        try:
            yield
        except SFConnectorError as error:
            if error.code != "confirm":
                code = error.code or type(error).__name__
                self.append(outcome, by=by, code=code)
            raise


@contextmanager
def _client(
    org: Org, purpose: str, *, by: Actor, through: Client | None
) -> Iterator[Client]:
    if through is not None:
        yield through
        return
    told = "forecast" if purpose == "preview" else purpose
    # A person looks at a page meanwhile: it does not wait for a second attempt.
    patient = purpose == "command" or (purpose == "preview" and not by.is_person)
    with orgs.client_for(org, purpose=told, by=by, patient=patient) as client:
        yield client


def _headers(call: Request) -> dict[str, str]:
    headers = dict(call.headers)
    if call.body and not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = "application/json"
    return headers
