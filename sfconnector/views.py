"""The pages outside the admin: the OAuth callback and the health endpoints."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin import site as default_site
from django.contrib.admin.sites import all_sites
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
)
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_deny
from django.views.decorators.http import require_safe

from sfconnector import health, orgs
from sfconnector.exceptions import NotConnected, SFConnectorError
from sfconnector.models import OAuthFlow
from sfconnector.secret import Secret

_BOUNCED = "bounced"


@login_not_required
@never_cache
@xframe_options_deny
@transaction.non_atomic_requests
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Take the browser back from Salesforce and send it on to the org's page.

    Whether the person is logged in is asked here and not by a middleware, because a
    cookie that is ``SameSite=Strict`` comes only with the second request.
    """
    if _lacks_cookie(request) and _BOUNCED not in request.GET:
        return _private(_bounce(request))
    if not request.user.is_authenticated:
        return _private(_refuse(request, flow=None, refusal=_logged_out()))
    return _private(_complete(request))


def _complete(request: HttpRequest) -> HttpResponse:
    nonce = str(request.session.get(orgs.SESSION_KEY, ""))
    given, code = _without_code(request)
    state = given.get("state", "")
    flow = orgs.flow_of(state, user=request.user, session_nonce=nonce)
    site = _site(flow)
    if flow is not None and not site.has_permission(request):
        return _refuse(request, flow=None, refusal=_logged_out())
    try:
        done = orgs.complete(
            state,
            code=code,
            error=given.get("error"),
            error_description=given.get("error_description"),
            issuer=given.get("iss"),
            user=request.user,
            session_nonce=nonce,
            client_address=_client_address(request),
        )
    except SFConnectorError as refusal:
        return _refuse(request, flow=flow, refusal=refusal)
    text = (
        _("“%(org)s” is reconnected.")
        if done.reconnected
        else _("“%(org)s” is connected.")
    )
    messages.success(request, text % {"org": done.org})
    for warning in done.warnings:
        messages.warning(request, warning)
    page = _admin_url(site, "sfconnector_org_change", done.org.pk)
    return HttpResponseRedirect(page)


def _without_code(request: HttpRequest) -> tuple[QueryDict, Secret]:
    """Take the code out of the request, so that no crash report repeats it."""
    given = request.GET.copy()
    code = Secret("".join(given.pop("code", [])[-1:]))
    request.GET = given  # type: ignore[assignment]  # the stubs call GET immutable; a copy is what it becomes
    request.META["QUERY_STRING"] = given.urlencode()
    return given, code


def _refuse(
    request: HttpRequest, *, flow: OAuthFlow | None, refusal: SFConnectorError
) -> HttpResponse:
    """Say what happened and what to do, in the look of the admin."""
    site = _site(flow)
    request.current_app = site.name
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": _("Not connected"),
        "refusal": refusal,
        "told": orgs.explain(refusal, org=flow.org if flow else None),
        "flow": flow,
        "org": flow.org if flow else None,
        "org_url": _org_page(site, flow),
        "connect_url": _connect_url(site, flow),
        "may_replace": refusal.code in orgs.STRANGERS,
    }
    return render(request, "sfconnector/callback_refused.html", context, status=400)


def _bounce(request: HttpRequest) -> HttpResponse:
    """Ask once more from our own origin, so that a strict cookie comes along."""
    query = request.GET.copy()
    query[_BOUNCED] = "1"
    context = {"target": f"{request.path}?{query.urlencode()}"}
    return render(request, "sfconnector/callback_bounce.html", context)


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _lacks_cookie(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME not in request.COOKIES


def _logged_out() -> NotConnected:
    message = _("You are not logged in here any more, so nothing was connected.")
    remedy = _("Log in to the admin in this browser and start again.")
    return NotConnected(message, remedy=remedy, code="logged_out")


def _site(flow: OAuthFlow | None) -> AdminSite:
    """Find the admin site that a flow began in."""
    wanted = flow.admin_site if flow else default_site.name
    return next((one for one in all_sites if one.name == wanted), default_site)


def _org_page(site: AdminSite, flow: OAuthFlow | None) -> str:
    if flow is None:
        return _admin_url(site, "index")
    return _admin_url(site, "sfconnector_org_change", flow.org_id)


def _connect_url(site: AdminSite, flow: OAuthFlow | None) -> str:
    return _admin_url(site, "sfconnector_org_connect", flow.org_id) if flow else ""


def _admin_url(site: AdminSite, name: str, *args: object) -> str:
    try:
        return reverse(f"{site.name}:{name}", args=args)
    except NoReverseMatch:
        return "/"


def _client_address(request: HttpRequest) -> str | None:
    return request.META.get("REMOTE_ADDR") or None


@login_not_required
@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """Answer that this process lives; asks nothing else."""
    return JsonResponse(health.live())


@login_not_required
@never_cache
@transaction.non_atomic_requests
@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """Answer whether work can be done: 200, or 503 with what is missing."""
    state = health.ready()
    return JsonResponse(state, status=200 if state["ready"] else 503)
