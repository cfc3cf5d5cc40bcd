"""What an org offers: versions, resources, object and field descriptions, limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sfconnector.exceptions import Corrupt, SFConnectorError
from sfconnector.salesforce import failures
from sfconnector.salesforce.answers import Answer
from sfconnector.salesforce.client import descriptions
from sfconnector.salesforce.client.caller import Caller, sobject_path
from sfconnector.salesforce.oauth.grants import object_of, read_identity
from sfconnector.salesforce.transport import Request
from sfconnector.salesforce.types import (
    GlobalDescribe,
    Identity,
    Limit,
    ObjectDescribe,
    Subanswer,
    Subrequest,
    Version,
)
from sfconnector.texts import gettext_noop as _

COMPOSITE_SIZE = 25
"""Subrequests of one composite request, which counts as one API call."""
_NOT_MODIFIED = 304
_NAMES_PER_COUNT = 200

Described = ObjectDescribe | SFConnectorError | None


class Describing(Caller):
    """The part of a client that describes the org."""

    def versions(self) -> tuple[Version, ...]:
        """List the API versions that the org offers, oldest first; costs no call."""
        found = self.get_json("/services/data", list)
        return tuple(
            sorted(map(descriptions.read_version, found), key=lambda one: one.number)
        )

    def resources(self) -> dict[str, str]:
        """List the resources of this API version: name → path."""
        found: dict[str, Any] = self.get_json(self.data_path(), dict)
        return {name: str(path) for name, path in found.items()}

    def describe_global(
        self, if_modified_since: str | None = None
    ) -> GlobalDescribe | None:
        """Describe all objects; None when nothing changed since (304).

        ``if_modified_since`` is the ``last_modified`` of an earlier answer.
        """
        answer = self._conditional("sobjects", if_modified_since)
        if answer is None:
            return None
        return descriptions.read_global(
            answer.json(dict), last_modified=answer.headers.get("last-modified", "")
        )

    def describe(
        self, sobject: str, if_modified_since: str | None = None
    ) -> ObjectDescribe | None:
        """Describe one object; None when nothing changed since (304).

        Raises NotFound when it does not exist or the user may not see it.
        """
        path = f"{sobject_path(sobject)}/describe"
        answer = self._conditional(path, if_modified_since)
        if answer is None:
            return None
        return descriptions.read_object(
            answer.json(dict), last_modified=answer.headers.get("last-modified", "")
        )

    def describe_many(
        self,
        names: Sequence[str],
        *,
        if_modified_since: Mapping[str, str] | str | None = None,
    ) -> Iterator[tuple[str, Described]]:
        """Describe many objects, 25 to an API call.

        Gives each name with its describe, None (not modified), or the error that this
        one object met. ``if_modified_since`` is one moment for all, or one per name.
        """
        rest = iter(dict.fromkeys(names))
        while some := list(islice(rest, COMPOSITE_SIZE)):
            parts = [
                self._describe_part(at, name, if_modified_since)
                for at, name in enumerate(some)
            ]
            for name, part in zip(some, self.composite(parts), strict=True):
                yield name, _described(part)

    def sobject_info(self, name: str, version: str | None = None) -> dict[str, Any]:
        """Get an object's basic information and its recent items, as they come."""
        path = self.data_path(sobject_path(name), version=version)
        found: dict[str, Any] = self.get_json(path, dict)
        return found

    def limits(self) -> dict[str, Limit]:
        """Read the org's limits; needs the permission "View Setup"."""
        found = self.get_json(self.data_path("limits"), dict)
        return {name: descriptions.read_limit(name, one) for name, one in found.items()}

    def record_counts(self, names: Sequence[str]) -> dict[str, int]:
        """Read approximate record counts; objects without a count are left out."""
        counts: dict[str, int] = {}
        rest = iter(names)
        while some := list(islice(rest, _NAMES_PER_COUNT)):
            found = self.get_json(
                self.data_path("limits/recordCount"),
                dict,
                params={"sObjects": ",".join(some)},
            )
            counts |= descriptions.read_counts(found)
        return counts

    def identity(self) -> Identity:
        """Ask who is connected (userinfo); it counts against no limit."""
        request = Request(
            method="GET",
            path="/services/oauth2/userinfo",
            judge=failures.oauth_error,
        )
        return read_identity(object_of(self.call(request).checked()))

    def composite(
        self, parts: Sequence[Subrequest], *, all_or_none: bool = False
    ) -> list[Subanswer]:
        """Send up to 25 subrequests as one API call; give their answers in order."""
        answer = self._composite(parts, all_or_none=all_or_none)
        return descriptions.read_parts(answer.json(dict), parts=parts)

    def composite_raw(self, parts: Sequence[Subrequest]) -> bytes:
        """Send up to 25 subrequests likewise; give the answer's body as it came.

        For what has numbers that must keep their digits.
        """
        return self._composite(parts, all_or_none=False).content

    def _composite(self, parts: Sequence[Subrequest], *, all_or_none: bool) -> Answer:
        made = {
            "allOrNone": all_or_none,
            "compositeRequest": [descriptions.write_part(part) for part in parts],
        }
        path = self.data_path("composite")
        reads = all(part.method.upper() == "GET" for part in parts)
        return self.data("POST", path, json=made, repeatable=reads)

    def _conditional(self, path: str, since: str | None) -> Answer | None:
        headers = {"If-Modified-Since": since} if since else {}
        answer = self.data("GET", self.data_path(path), headers=headers)
        if b"\\u0000" in answer.content:
            descriptions.check_no_nul(answer.json(dict))
        return None if answer.status == _NOT_MODIFIED else answer

    def _describe_part(
        self, at: int, name: str, since: Mapping[str, str] | str | None
    ) -> Subrequest:
        moment = since if isinstance(since, str) or since is None else since.get(name)
        return Subrequest(
            method="GET",
            url=self.data_path(f"{sobject_path(name)}/describe"),
            reference_id=f"describe{at}",
            headers={"If-Modified-Since": moment} if moment else {},
        )


def _described(part: Subanswer) -> Described:
    if part.status == _NOT_MODIFIED:
        return None
    error = descriptions.error_of(part)
    if error is not None:
        return error
    if not isinstance(part.body, dict):
        return Corrupt(_("A part of the composite answer is not a describe."))
    last_modified = part.headers.get("last-modified", "")
    try:
        descriptions.check_no_nul(part.body)
        return descriptions.read_object(part.body, last_modified=last_modified)
    except SFConnectorError as error:
        return error
