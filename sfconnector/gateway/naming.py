"""Which masked fields a call names, however it names them; such a call is refused.

An alias, a function or a condition would bring out what the answer hides, so naming is
enough. What cannot be read is refused as well, in an org that has masked fields.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from sfconnector.catalog import Masks
from sfconnector.exceptions import InvalidRequest
from sfconnector.gateway.addresses import READING, parameters_of, steps_of
from sfconnector.gateway.call import Request
from sfconnector.gateway.shapes import Shape, shape_of
from sfconnector.models import Org, SField, SObject
from sfconnector.salesforce import soql
from sfconnector.texts import gettext_noop as _

DEEPEST = 60
_WORD = re.compile(r"[A-Za-z]\w*")
_WAY = re.compile(r"[A-Za-z]\w*(?:\.[A-Za-z]\w*)*")
_SOQL = re.compile(r"\s*SELECT\b", re.IGNORECASE)
_QUERIES = frozenset({"q", "query", "explain", "soql"})


class Names:
    """Looks for what must not be named in the calls to one org."""

    def __init__(self, org: Org, masks: Masks) -> None:
        self._org = org
        self._masks = masks

    def check_call(self, call: Request) -> None:
        """Raise InvalidRequest for a call that names a masked field, or may do so."""
        if not self._masks:
            return
        shape, of, behind = shape_of(call), *_object_of(steps_of(call.path))
        is_read = call.method.upper() in READING
        if shape is Shape.SEARCH:
            _refuse_unreadable(_("a search finds by the values of masked fields, too"))
        if shape is Shape.OTHER and is_read:
            _refuse_unreadable(_("its answer cannot be tied to an object"))
        if shape is not Shape.PARTS:  # each part is checked for itself
            self._check_body(call, of)
        if shape is not Shape.FACTS:
            self._check_list(behind, of)
            self._check_parameters(call, of)

    def _check_parameters(self, call: Request, of: str) -> None:
        for name, value in parameters_of(call.path):
            if name.lower() in _QUERIES:
                self.check_query(value)
            else:
                self._check_list(value.split(","), of)

    def check_query(self, text: str) -> None:
        """Raise InvalidRequest for SOQL that names a masked field or cannot be read."""
        if self._masks:
            query = soql.read(text)
            self._check_read(query, query.source)

    def check_filter(self, text: str, *, sobject: str) -> None:
        """Raise InvalidRequest for a condition that does so."""
        query = soql.read_filter(text, sobject=sobject)
        if self._masks:
            self._check_read(query, sobject)

    def names_hidden(self, way: str, *, of: str) -> bool:
        """Tell whether a way such as ``Account.Owner.Name`` leads to a masked field."""
        try:
            self._check_way(way.split("."), of)
        except InvalidRequest:
            return True
        return False

    def _check_read(self, query: soql.Query, of: str) -> None:
        if query.takes_all and self._masks.hides_some(of):
            _refuse_unreadable(_("FIELDS() takes masked fields as well"))
        for name in query.names:
            self._check_way(name.way, name.of or (of if name.is_known else ""))
        for child in query.children:
            self._check_read(child, self._child(of, child.source))
        for condition in query.conditions:
            self._check_read(condition, condition.source)

    def _check_way(self, way: Iterable[str], of: str) -> None:
        """Follow a way; "" means that only the org knows the object it begins at."""
        places, steps = [of], list(way)
        for number, step in enumerate(steps):
            if any(self._masks.hides(step, of=place) for place in places):
                _refuse(".".join(steps))
            if not any(self._masks.hides(one) for one in steps[number + 1 :]):
                return
            places = [name for place in places for name in self._parents(place, step)]

    def _parents(self, of: str, relationship: str) -> list[str]:
        """Return the objects that a relationship leads to; "" where it is not known."""
        led = SField.objects.filter(
            sobject__org=self._org,
            sobject__name__iexact=of,
            relationship_name__iexact=relationship,
        ).values_list("reference_to", flat=True)
        return [str(name) for names in led for name in names] or [""]

    def _child(self, of: str, relationship: str) -> str:
        """Return the object of a child relationship; "" where it is not known."""
        rows = SObject.objects.filter(org=self._org, name__iexact=of)
        told = rows.values_list("describe", flat=True).first() if of else None
        for one in (told or {}).get("childRelationships") or ():
            if str(one.get("relationshipName")).lower() == relationship.lower():
                return str(one.get("childSObject") or "")
        return ""

    def _check_list(self, names: Iterable[Any], of: str) -> None:
        for name in names:
            if not isinstance(name, str) or not _WAY.fullmatch(name.strip()):
                self._check_words(str(name))
            else:
                self._check_way(name.strip().split("."), of)

    def _check_words(self, text: str) -> None:
        for word in _WORD.findall(text):
            if self._masks.hides(word):
                _refuse(word)

    def _check_body(self, call: Request, of: str) -> None:
        if not call.body.strip():
            return
        try:
            body = json.loads(call.body)
        except (ValueError, RecursionError):
            self._check_words(call.body)
        else:
            self._check_value(body, of)

    def _check_value(self, value: Any, of: str, depth: int = 0) -> None:
        if depth > DEEPEST:
            _refuse_unreadable(_("its body is nested too deeply"))
        if isinstance(value, dict):
            self._check_list(value, of)
            for key, one in value.items():
                self._check_entry(key.lower(), one, of, depth)
        elif isinstance(value, list):
            for one in value:
                self._check_value(one, of, depth + 1)
        elif isinstance(value, str) and "@{" in value:
            self._check_words(value)  # it takes over what an earlier part answered

    def _check_entry(self, key: str, value: Any, of: str, depth: int) -> None:
        if key in _QUERIES and isinstance(value, str):
            self._check_text(value)
        elif key == "fields":
            self._check_list(value if isinstance(value, list) else [value], of)
        else:
            self._check_value(value, of, depth + 1)

    def _check_text(self, text: str) -> None:
        if _SOQL.match(text):
            self.check_query(text)
        else:
            self._check_words(text)


def _object_of(steps: list[str]) -> tuple[str, list[str]]:
    """Return the object that an address is about, "" for none, and what follows it."""
    lowered = [step.lower() for step in steps]
    if "sobjects" not in lowered[:2]:
        return "", []
    rest = steps[lowered.index("sobjects") + 1 :]
    return (rest[0], rest[1:]) if rest else ("", [])


def _refuse(name: str) -> NoReturn:
    raise InvalidRequest(
        _("The field {name} is masked on this site.").format(name=name[:120]),
        code="masked",
        remedy=_("Take it out; who may change objects can unmask it."),
    )


def _refuse_unreadable(why: str) -> NoReturn:
    raise InvalidRequest(
        _("This is not asked of an org with masked fields: {why}.").format(why=why),
        code="masked",
        remedy=_("Ask by SOQL that names its fields."),
    )
