"""The sidebar's tasks: what people come for, before the tables."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from sfconnector import permissions

register = template.Library()


class Task(NamedTuple):
    """One thing to do: a link, and the letter that leads there behind a g."""

    name: str
    url: str
    icon: str
    letter: str
    is_here: bool


@register.simple_tag(takes_context=True)
def sfconnector_tasks(context: template.Context) -> list[Task]:
    """Return the tasks that a person may do, without a query of its own."""
    request: Any = context["request"]
    views = {
        f"sfconnector.view_{one}" for one in ("org", "syncplan", "syncrun", "record")
    }
    can_view = any(request.user.has_perm(one) for one in views)
    explore, sync, keys = (
        request.user.has_perm(permissions.full(one))
        for one in (permissions.EXPLORE, permissions.SYNC, permissions.MANAGE_KEYS)
    )
    can_compare = request.user.has_perm("sfconnector.view_sobject")
    view_apps = request.user.has_perm("sfconnector.view_connectedapp")
    view_orgs = request.user.has_perm("sfconnector.view_org")
    offered = (
        (can_view, _("Overview"), "app_list", "list", "o"),
        (explore and view_orgs, _("Explorer"), "sfconnector_org_explore", "play", "e"),
        (can_compare, _("Compare"), "sfconnector_sobject_compare", "search", "c"),
        (sync and view_orgs, _("Storage"), "sfconnector_org_storage", "store", "s"),
        (keys and view_apps, _("Keys"), "sfconnector_connectedapp_keys", "shield", "k"),
    )
    site = getattr(request, "current_app", None)
    found = []
    for may, name, view, icon, letter in offered:
        if may and (url := _url(view, site)):
            here = request.path == url
            found.append(Task(name, url, icon, letter, here))
    return found


def _url(view: str, site: str | None) -> str:
    label = {"app_label": "sfconnector"} if view == "app_list" else {}
    try:
        return reverse(f"admin:{view}", kwargs=label, current_app=site)
    except NoReverseMatch:  # another admin site, which registered less
        return ""
