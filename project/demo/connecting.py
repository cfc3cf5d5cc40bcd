"""Connects a simulated org as a person would: through the admin's pages over HTTP."""

from __future__ import annotations

from django.core.management.base import CommandError
from django.urls import reverse

from project.demo.simulators import Served
from project.demo.visitor import Page, Visitor
from sfconnector.models import ConnectedApp, Org


def _save(visitor: Visitor, page: Page, **typed: str) -> Page:
    """Fill the main form of an admin page and save it; one sentence when refused."""
    form = page.form(field="csrfmiddlewaretoken" if not typed else next(iter(typed)))
    saved = visitor.submit(page, form, **typed)
    if saved.status != 200 or saved.errors:
        reason = saved.errors or saved.text[:300]
        raise CommandError(f"{page.path} did not accept the demo's data: {reason}")
    return saved


def _page(visitor: Visitor, model: str, known: ConnectedApp | Org | None) -> Page:
    """Open the form of a row, or the form that adds one."""
    if known is None:
        return visitor.get(reverse(f"admin:sfconnector_{model}_add"))
    return visitor.get(reverse(f"admin:sfconnector_{model}_change", args=[known.pk]))


def enter_app(visitor: Visitor, served: Served) -> ConnectedApp:
    """Add the connected app of an org in the admin, or bring it up to date."""
    name = f"{served.pretend.name} app"
    known = ConnectedApp.objects.filter(name=name).first()
    page = _page(visitor, "connectedapp", known)
    _save(
        visitor,
        page,
        name=name,
        consumer_key=served.consumer_key,
        consumer_secret=served.consumer_secret,
    )
    return ConnectedApp.objects.get(name=name)


def enter_org(visitor: Visitor, served: Served) -> Org:
    """Add the org in the admin, or bring its address up to date."""
    app = enter_app(visitor, served)
    known = Org.objects.filter(alias=served.pretend.alias).first()
    page = _page(visitor, "org", known)
    _save(
        visitor,
        page,
        alias=served.pretend.alias,
        label=served.pretend.name,
        app=str(app.pk),
        environment=Org.Environment.MY_DOMAIN,
        my_domain=served.base_url,
    )
    return Org.objects.get(alias=served.pretend.alias)


def connect(visitor: Visitor, org: Org) -> Org:
    """Press *Connect*, *Allow* at the org's log-in page, and come back connected."""
    page = _page(visitor, "org", org)
    action = reverse("admin:sfconnector_org_connect", args=[org.pk])
    consent = visitor.submit(page, page.form(action=action))
    try:
        allow = consent.form(action="/services/oauth2/authorize")
    except LookupError as error:
        reason = consent.messages or consent.text[:300]
        raise CommandError(f"{org} could not be connected: {reason}") from error
    back = visitor.submit(consent, allow, action="allow")
    org.refresh_from_db()
    if not org.is_connected:
        reason = back.messages or back.text[:300]
        raise CommandError(f"{org} could not be connected: {reason}")
    return org
