"""What can be known of a plan before it is saved: its object, fields and filter."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sfconnector import catalog, gateway
from sfconnector.admin.base import row_key, visible_orgs
from sfconnector.admin.base.places import address_of
from sfconnector.audit import Actor
from sfconnector.exceptions import InvalidRequest, NotFound, SFConnectorError
from sfconnector.models import Org, SField, SObject, SyncPlan
from sfconnector.wording import words_of

SHOWN = 12
TAKEN = gettext_lazy("This org already has a plan for this object.")
"""What the constraint of the row says."""
REFUSAL = "_sfconnector_refusal"
"""Attribute of a request: what the org said when its form's object was asked for."""


def know_object(request: HttpRequest) -> str:
    """Have the object that a form names described, if it never was; tell a refusal.

    Asked before the form is checked, which happens in a transaction: no call to an org
    belongs there. An org that does not answer is no reason to refuse a plan.
    """
    given = request.POST
    org = visible_orgs(request).filter(pk=row_key(given.get("org"))).first()
    name = given.get("sobject", "").strip()
    if org is None or given.get("kind") != SyncPlan.Kind.OBJECT or not name:
        return ""
    rows = SObject.objects.filter(org=org, name__iexact=name)
    is_known = SField.objects.filter(sobject__in=rows).exists()
    is_unlisted = bool(org.catalog_at) and not rows.exists()
    if is_known or is_unlisted or org.status != Org.Status.CONNECTED:
        return ""
    by = Actor.of(request)
    try:
        gateway.check_right(by, purpose="preview")
        catalog.describe(org, sobject=name[:80], by=by)
    except (NotFound, InvalidRequest) as error:
        return words_of(error)
    except SFConnectorError:
        return ""
    return ""


def object_of(org: Org, name: str, *, may_be_gone: bool = False) -> SObject | None:
    """Return the object's row; None where nothing is known of it.

    Raises ValidationError for what the org does not have, or nobody can query.
    """
    rows = SObject.objects.filter(org=org)
    row = rows.filter(name__iexact=name).defer("describe").first()
    given = {"org": org, "name": name}
    if row is None and org.catalog_at:
        told = _("%(org)s has no object %(name)s.") % given
        names = list(rows.values_list("name", flat=True))
        url = address_of("sobject_changelist")
        url = f"{url}?org__id__exact={org.pk}"
        raise _linked(told + _hint(name, names), url, _("See its objects."))
    if row is None:
        return None
    url = address_of("sobject_change", row.pk)
    if not row.is_present and not may_be_gone:
        told = _("%(org)s no longer has the object %(name)s.") % given
        raise _linked(told, url, _("See what was known of it."))
    if not row.queryable:
        told = _("%(name)s cannot be queried.") % given
        raise _linked(told, url, _("See the object."))
    return row


def spelled(row: SObject, names: Sequence[str]) -> list[str]:
    """Return names of fields as the org spells them; ways to parents as they came.

    Raises ValidationError that names all the object does not have.
    """
    known = list(row.sfields.values_list("name", flat=True))
    if not known:
        return list(names)
    by_name = {name.lower(): name for name in known}
    wrong = [name for name in names if "." not in name and name.lower() not in by_name]
    if wrong:
        raise _unknown(row, wrong, known)
    return list(dict.fromkeys(by_name.get(name.lower(), name) for name in names))


def check_filter(org: Org, row: SObject, where: str) -> None:
    """Raise ValidationError for a filter that names fields the object does not have."""
    try:
        wrong = gateway.unknown_fields(org, sobject=row.name, where=where)
    except InvalidRequest:
        return  # the gateway says so itself, when it looks at the plan
    if wrong:
        raise _unknown(row, wrong, list(row.sfields.values_list("name", flat=True)))


def _unknown(row: SObject, wrong: Sequence[str], known: list[str]) -> ValidationError:
    text = ngettext(
        "%(object)s has no field %(names)s.",
        "%(object)s has no fields %(names)s.",
        len(wrong),
    )
    names = ", ".join(name[:80] for name in wrong[:SHOWN])
    if len(wrong) > SHOWN:
        names = _("%(names)s and %(count)d more") % {
            "names": names,
            "count": len(wrong) - SHOWN,
        }
    hints = "".join(_hint(name, known) for name in wrong[:3])
    url = address_of("sobject_change", row.pk)
    told = text % {"object": row.name, "names": names}
    return _linked(told + hints, url, _("See its fields."))


def where_it_is(other: SyncPlan) -> SafeString:
    """Say that an object has a plan already, and where."""
    url = address_of("syncplan_change", other.pk)
    return linked(str(TAKEN), url, _("Open it."))


def _linked(told: str, url: str, text: str) -> ValidationError:
    message: Any = linked(told, url, text)
    return ValidationError(message)


def linked(told: str, url: str, text: str) -> SafeString:
    """Write a sentence, and behind it the way to what is in the way."""
    return format_html('{} <a href="{}">{}</a>', told, url, text)


def _hint(wrong: str, known: list[str]) -> str:
    near = difflib.get_close_matches(wrong[:80], known, n=1, cutoff=0.6)
    return " " + _("Did you mean %(name)s?") % {"name": near[0]} if near else ""
