"""Which fields a filter names that the object, as far as it is known, does not have."""

from __future__ import annotations

import re

from sfconnector.models import Org, SField
from sfconnector.salesforce import soql

_LITERAL = re.compile(
    r"YESTERDAY|TODAY|TOMORROW|[A-Z]{3}\d+"
    r"|(LAST|THIS|NEXT)_(N_|90_)?(FISCAL_)?(DAY|WEEK|MONTH|QUARTER|YEAR)S?"
    r"|N_(FISCAL_)?(DAY|WEEK|MONTH|QUARTER|YEAR)S_AGO",
    re.IGNORECASE,
)
"""Dates and amounts that are words: SOQL and SOSL Reference, "Date Formats and Date
Literals" and "Querying Currency Fields in Multi-Currency Orgs"."""


def unknown_fields(org: Org, *, sobject: str, where: str) -> list[str]:
    """Return the names in a filter that lead to no field, as they were written.

    Of objects that were never described nothing is known, so their names pass. Raises
    InvalidRequest for what is no condition.
    """
    if not where.strip():
        return []
    query = soql.read_filter(where, sobject=sobject)
    return list(dict.fromkeys(_Lookup(org).unknown(query, sobject)))


class _Lookup:
    """Reads the fields of each object once."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._known: dict[str, dict[str, SField]] = {}

    def unknown(self, query: soql.Query, of: str) -> list[str]:
        found = [
            ".".join(name.way)
            for name in query.names
            if name.is_known and not name.of and not self._leads_on(name.way, of)
        ]
        for condition in query.conditions:
            found += self.unknown(condition, condition.source)
        return found

    def _leads_on(self, way: tuple[str, ...], of: str) -> bool:
        """Tell whether a way leads to a field, or to where nothing is known."""
        *steps, last = way
        if not steps and _LITERAL.fullmatch(last):
            return True
        if steps and steps[0].lower() == of.lower():
            steps = steps[1:]
        place = of
        for step in steps:
            field = self._parent(place, step)
            if not self._fields(place) or (field and len(field.reference_to) != 1):
                return True
            if field is None:
                return False
            place = str(field.reference_to[0])
        fields = self._fields(place)
        return not fields or last.lower() in fields

    def _parent(self, of: str, relationship: str) -> SField | None:
        wanted = relationship.lower()
        fields = self._fields(of).values()
        return next((f for f in fields if f.relationship_name.lower() == wanted), None)

    def _fields(self, of: str) -> dict[str, SField]:
        if of not in self._known:
            rows = SField.objects.filter(
                sobject__org=self._org, sobject__name__iexact=of
            )
            told = rows.only("name", "relationship_name", "reference_to")
            self._known[of] = {field.name.lower(): field for field in told}
        return self._known[of]
