"""What a page says where it has nothing to show: why, and the next step."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sfconnector.models import Org

register = template.Library()


class Step(NamedTuple):
    """One page that a person may be led to."""

    label: Any
    permission: str


FIRST = "org_add"
"""Without an org every other step would lead to another empty page."""
STEPS = {
    FIRST: Step(_("Add an org"), "add_org"),
    "connectedapp_add": Step(_("Add a connected app"), "add_connectedapp"),
    "org_changelist": Step(_("Choose an org"), "view_org"),
    "syncplan_add": Step(_("Add a plan"), "add_syncplan"),
    "syncplan_changelist": Step(_("Open the plans"), "view_syncplan"),
    "auditevent_changelist": Step(_("Open the audit trail"), "view_auditevent"),
}
"""By the names of their URLs."""
NEEDS_NO_ORG = {"connectedapp_add", "auditevent_changelist"}


@register.inclusion_tag("sfconnector/parts/empty.html", takes_context=True)
def sf_empty(
    context: Context,
    text: str,
    towards: str = "org_changelist",
    *,
    icon: str = "cloud",
    url: str = "",
    label: str = "",
) -> dict[str, Any]:
    """Draw an empty place: a sentence, and a button to the next step.

    ``towards`` names a step of ``STEPS``; ``url`` and ``label`` are one of the page's
    own. Who may not go there reads whom to ask.
    """
    request = context["request"]
    if not url:
        if towards not in NEEDS_NO_ORG and not _sees_an_org(request.user):
            text = f"{text} {_('It begins with an org.')}" if towards != FIRST else text
            towards = FIRST
        step = STEPS[towards]
        if request.user.has_perm(f"sfconnector.{step.permission}"):
            site = getattr(request, "current_app", None)
            url = reverse(f"admin:sfconnector_{towards}", current_app=site)
            label = step.label
    return {"text": text, "icon": icon, "url": url, "label": label}


def _sees_an_org(user: Any) -> bool:
    return Org.objects.present().visible_to(user).exists()
