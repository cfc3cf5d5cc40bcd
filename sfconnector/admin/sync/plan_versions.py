"""Two people in one plan: whoever saves second is told what the first one changed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sfconnector.admin.base.admins import LOADED
from sfconnector.admin.base.places import address_of
from sfconnector.admin.sync.plan_checks import linked
from sfconnector.models import SyncPlan

SEEN = "_seen"
"""Name of the hidden field that says which version of the plan a form shows."""
LONGEST = 80


def version_of(plan: SyncPlan) -> str:
    """Return a digest of what people write of a plan, not of what workers do."""
    fields = plan._meta.concrete_fields  # noqa: SLF001 - documented by Django
    names = [one.attname for one in fields if one.editable]
    # A form that was refused has written into the row already.
    before = getattr(plan, LOADED, {})
    values = {name: before.get(name, getattr(plan, name)) for name in names}
    told = json.dumps(values, sort_keys=True, default=str)
    return hashlib.blake2b(told.encode(), digest_size=12).hexdigest()


def changed_meanwhile(form: Any) -> SafeString | None:
    """Say what stands in the plan by now, when it is not what the form began with.

    Asked before the form has written its values into the row.
    """
    seen, plan = form.data.get(SEEN), form.instance
    if not seen or plan.pk is None or seen == version_of(plan):
        return None
    differing = [name for name in form.changed_data if name in form.fields]
    if not differing:
        return None
    lines = "; ".join(
        f"{form.fields[name].label}: {_shown(form, name)}" for name in differing
    )
    told = _(
        "This plan was changed while you wrote. By now it says: %(values)s. What you "
        "wrote is still below: save again to put it in place of that."
    )
    url = address_of("syncplan_history", plan.pk)
    return linked(told % {"values": lines}, url, _("See who changed it."))


def _shown(form: Any, name: str) -> str:
    value = form.get_initial_for_field(form.fields[name], name)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    if name == "org":
        value = form.instance.org
    text = str(value or "–")
    return f"“{text[:LONGEST]}…”" if len(text) > LONGEST else f"“{text}”"
