"""What a person may do to an org's connection; workers and commands may do all."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from sfconnector import permissions
from sfconnector.audit import Actor
from sfconnector.exceptions import Forbidden
from sfconnector.models import ConnectedApp, Org
from sfconnector.texts import gettext_noop as _


def visible_to(by: Actor) -> QuerySet[Org]:
    """Return the orgs that whoever acts may know of."""
    if not by.is_person:
        return Org.objects.all()
    user = by.user or AnonymousUser()
    if not user.is_authenticated:
        return Org.objects.none()  # an invited stranger is told of no org by name
    return Org.objects.visible_to(user)


def may_see(by: Actor, org: Org) -> bool:
    """Tell whether whoever acts may know of an org, as things stand now."""
    return visible_to(by).filter(pk=org.pk).exists()


def twins(org: Org, by: Actor) -> list[Org]:
    """Return the other rows of the same Salesforce org that whoever acts may see."""
    if not org.org_id:
        return []
    return list(visible_to(by).filter(org_id=org.org_id).exclude(pk=org.pk))


def told_of_twins(org: Org, by: Actor) -> str:
    """Say that the same Salesforce org has rows already, or "": two fetch all twice."""
    names = ", ".join(f"“{one.alias}”" for one in twins(org, by))
    if not names:
        return ""
    return _(
        "The same Salesforce org is also kept here as {names}. That is fine for "
        "another user or app; otherwise remove one, for each fetches on its own."
    ).format(names=names)


def may_connect(by: Actor, org: Org) -> bool:
    """Tell whether a person may connect an org, as things stand now."""
    return _holds(by, permissions.full(permissions.CONNECT)) and may_see(by, org)


def may_use_app(by: Actor, app: ConnectedApp) -> bool:
    """Tell whether a person may let an app's own secret or key open an org.

    Nobody logs in at Salesforce then, so it takes what changing the app takes: the
    permission, and that the person may know of the app.
    """
    if not by.is_person:
        return True
    return _holds(by, permissions.CHANGE_APP) and (
        ConnectedApp.objects.visible_to(by.user or AnonymousUser())
        .filter(pk=app.pk)
        .exists()
    )


def refuse_app_of_others(by: Actor, org: Org) -> None:
    """Raise Forbidden unless the person may connect this org without logging in."""
    if not may_use_app(by, org.app):
        raise Forbidden(
            _("You may not connect {org} by {app} without logging in.").format(
                org=org, app=org.app
            ),
            remedy=_("Ask for the permission “Can change connected app”."),
            code="not_permitted",
        )


def _holds(by: Actor, permission: str) -> bool:
    user: Any = by.user or AnonymousUser()
    return bool(user.is_active and user.has_perm(permission))
