"""Finding an object or a field by its name; what is near when there is none."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from sfconnector.exceptions import InvalidRequest
from sfconnector.models import Org, SObject
from sfconnector.texts import gettext_noop as _

NEAR = 3


def described(org: Org, name: str) -> SObject:
    """Return an object of an org that was described, by its name in any case.

    Raises InvalidRequest, with near names, when there is none.
    """
    rows = SObject.objects.filter(org=org)
    found = rows.filter(name__iexact=name).exclude(described_at=None)
    exact = [row for row in found if row.name == name] or list(found)
    if exact:
        return exact[0]
    known = rows.exclude(described_at=None).values_list("name", flat=True)
    raise InvalidRequest(
        _("Nothing of an object {name!r} is known here for {org}.").format(
            name=name[:80], org=org.alias
        ),
        remedy=near(name, known)
        or _("Discover the org's objects, and make a plan for this one."),
    )


def known_anywhere(name: str) -> str:
    """Return the API name of an object that some org has described, given in any case.

    Raises InvalidRequest, with near names, when there is none.
    """
    rows = SObject.objects.exclude(described_at=None).order_by("name")
    known = list(rows.values_list("name", flat=True).distinct())
    if name in known:
        return name
    found = [one for one in known if one.lower() == name.lower()]
    if found:
        return found[0]
    raise InvalidRequest(
        _("No org has described an object {name!r} here.").format(name=name[:80]),
        remedy=near(name, known) or _("Discover the org's objects, and make a plan."),
    )


def field(name: str, known: Iterable[str], *, of: str) -> str:
    """Return a field's API name as the org writes it.

    Raises InvalidRequest, with near names, when there is none.
    """
    names = {one.lower(): one for one in known}
    if name.lower() in names:
        return names[name.lower()]
    raise InvalidRequest(
        _("{sobject} has no field {name!r}.").format(sobject=of, name=name[:80]),
        remedy=near(name, names.values()) or _("Look at the object's fields."),
    )


def near(name: str, known: Iterable[str]) -> str:
    """Return a sentence with the names that look like one; "" when none does."""
    by_lower = {one.lower(): one for one in known}
    found = difflib.get_close_matches(name.lower(), by_lower, n=NEAR, cutoff=0.6)
    if not found:
        return ""
    names = ", ".join(by_lower[one] for one in found)
    return _("Did you mean: {names}?").format(names=names)
