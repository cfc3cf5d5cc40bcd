"""What in an answer can be followed: ids, addresses, cached records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sfconnector.admin.records.browsing import is_id, record_url
from sfconnector.models import Org, Record, SObject

MOST_IDS = 500


class Links:
    """What a text of an answer leads to: another call, and the cached record.

    A call is sent by the form ``form_id``, which names the org; a path with a
    placeholder such as ``{ID}`` is put into the form to be completed.
    """

    def __init__(
        self,
        org: Org,
        body: Any,
        *,
        site: str,
        version: str,
        form_id: str = "sf-follow",
        may_browse: bool = False,
    ) -> None:
        self.org = org
        self.form_id = form_id
        self._origin = org.instance_url.rstrip("/")
        self._base = f"/services/data/v{version}/sobjects"
        ids = list(dict.fromkeys(_ids(body)))[:MOST_IDS]
        prefixes = {one[:3] for one in ids}
        known = SObject.objects.filter(org=org, key_prefix__in=prefixes)
        self._objects = dict(known.values_list("key_prefix", "name"))
        self._records = (
            {
                record.record_id: record_url(org, record, site=site)
                for record in _cached(org, ids, self._objects.values())
            }
            if may_browse
            else {}
        )

    def path_of(self, text: str) -> str:
        """Return the path that a text leads to within the org, "" when none."""
        path = text.removeprefix(self._origin) if self._origin else text
        if path.startswith(("/services/data", "/services/apexrest/")):
            return path if path.isprintable() and " " not in path else ""
        if is_id(text) and (name := self._objects.get(text[:3])):
            return f"{self._base}/{name}/{text}"
        return ""

    def draw(self, text: str) -> SafeString | None:
        """Return a text as what can be followed, None when it leads nowhere."""
        path = self.path_of(text)
        if not path:
            return None
        if "{" in path:
            query = urlencode({"org": self.org.pk, "method": "GET", "path": path})
            return format_html('<a class="sf-follow" href="?{}">{}</a>', query, text)
        button = format_html(
            '<button class="sf-follow" form="{}" name="path" value="{}"'
            ' title="GET {}">{}</button>',
            self.form_id,
            path,
            path,
            text,
        )
        url = self._records.get(text)
        return (
            format_html(
                '{} <a class="sf-x-cached" href="{}">{}</a>', button, url, _("cached")
            )
            if url
            else button
        )


def _ids(value: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        if is_id(value):
            yield value
    elif isinstance(value, Mapping) and depth < 20:
        for inner in value.values():
            yield from _ids(inner, depth + 1)
    elif isinstance(value, list) and depth < 20:
        for inner in value:
            yield from _ids(inner, depth + 1)


def _cached(org: Org, ids: list[str], objects: Iterable[str]) -> Iterable[Record]:
    names = list(objects)
    if not names:
        return ()
    found = Record.objects.filter(org=org, sobject__in=names, record_id__in=ids)
    return found.only("sobject", "record_id")
