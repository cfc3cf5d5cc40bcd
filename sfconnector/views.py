"""The pages outside the admin: the OAuth callback and the health endpoints."""

from __future__ import annotations

import hmac
from contextlib import nullcontext
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin import site as default_site
from django.contrib.admin.sites import all_sites
from django.contrib.auth.decorators import login_not_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_deny
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from sfconnector import conf, health, onward, orgs, throttle, transactions
from sfconnector.audit import Actor
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Invitation, OAuthFlow
from sfconnector.secret import Secret
from sfconnector.wording import told

_BOUNCED = "bounced"


@login_not_required
@never_cache
@xframe_options_deny
@transactions.none_around
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Take the browser back from Salesforce and send it on to the org's page.

    Whether the person is logged in is asked here and not by a middleware, because a
    cookie that is ``SameSite=Strict`` comes only with the second request. What only
    looks ahead (HEAD, a prefetch) uses nothing up.
    """
    if request.method == "HEAD" or _is_prefetch(request):
        return _private(HttpResponse(status=204))
    if _lacks_cookie(request) and _BOUNCED not in request.GET:
        return _bounce(request)
    arrived = _read(request)
    flow = arrived.own
    if arrived.flow is None and not throttle.allow("callback", arrived.by):
        return _private(HttpResponse(status=429, headers={"Retry-After": "60"}))
    language = flow.language if flow else ""
    with translation.override(language) if language else nullcontext():
        return _private(_complete(request, arrived))


def _complete(request: HttpRequest, arrived: orgs.Callback) -> HttpResponse:
    site = _site(arrived.own)
    try:
        done = orgs.complete(arrived, is_logged_in=site.has_permission(request))
    except SFConnectorError as refusal:
        if refusal.code == orgs.WORKING:
            return _wait(request, arrived)
        return _refuse(request, arrived, refusal)
    text = (
        _("“%(org)s” is reconnected.")
        if done.reconnected
        else _("“%(org)s” is connected.")
    )
    if done.flow.invitation is not None:
        return _invited_page(request, state="done", title=text % {"org": done.org})
    messages.success(request, text % {"org": done.org})
    for warning in done.warnings:
        messages.warning(request, told(warning))
    page = _admin_url(site, "sfconnector_org_change", done.org.pk)
    return HttpResponseRedirect(page)


def _read(request: HttpRequest) -> orgs.Callback:
    """Read the callback; its code leaves the request, so no crash report repeats it."""
    given = request.GET.copy()
    code = Secret("".join(given.pop("code", [])[-1:]))
    request.GET = given  # type: ignore[assignment]  # the stubs call GET immutable; a copy is what it becomes
    request.META["QUERY_STRING"] = given.urlencode()
    nonce = str(request.session.get(orgs.SESSION_KEY, ""))
    query = {name: str(text) for name, text in given.items()}
    return orgs.read_callback(
        query, by=Actor.of(request), session_nonce=nonce, code=code
    )


def _refuse(
    request: HttpRequest, arrived: orgs.Callback, refusal: SFConnectorError
) -> HttpResponse:
    """Say what happened and what to do, in the look of the admin."""
    flow = arrived.own
    if flow is not None and flow.invitation is not None:
        title = _("Not connected")
        return _invited_page(
            request, state="refused", title=title, refusal=refusal, status=400
        )
    site = _site(flow)
    is_named = refusal.code != "logged_out" and orgs.may_tell(arrived)
    flow = flow if is_named else None
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
        "app_url": _app_page(site, flow, request),
        "may_replace": refusal.code in orgs.STRANGERS,
    }
    return render(request, "sfconnector/callback_refused.html", context, status=400)


def _bounce(request: HttpRequest) -> HttpResponse:
    """Ask once more from our own origin, so that a strict cookie comes along."""
    query = request.GET.copy()
    query[_BOUNCED] = "1"
    return onward.leading_to(request, f"{request.path}?{query.urlencode()}")


def _wait(request: HttpRequest, arrived: orgs.Callback) -> HttpResponse:
    """Look again in a moment: the same log-in is being finished by a twin request."""
    query = urlencode({"state": arrived.state, _BOUNCED: "1"})
    return onward.leading_to(request, f"{request.path}?{query}", seconds=1)


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _is_prefetch(request: HttpRequest) -> bool:
    """Tell whether a browser only looks ahead (Fetch standard, ``Sec-Purpose``)."""
    names = ("Sec-Purpose", "Purpose", "X-Moz")
    return any("prefetch" in request.headers.get(name, "") for name in names)


def _lacks_cookie(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME not in request.COOKIES


def _site(flow: OAuthFlow | None) -> AdminSite:
    """Find the admin site that a flow began in."""
    wanted = flow.admin_site if flow else default_site.name
    return next((one for one in all_sites if one.name == wanted), default_site)


def _org_page(site: AdminSite, flow: OAuthFlow | None) -> str:
    if flow is None:
        return _admin_url(site, "index")
    return _admin_url(site, "sfconnector_org_change", flow.org_id)


def _app_page(site: AdminSite, flow: OAuthFlow | None, request: HttpRequest) -> str:
    """Lead to the key and the secret, from which many refusals come."""
    may_see = request.user.has_perm("sfconnector.change_connectedapp")
    if flow is None or not may_see:
        return ""
    return _admin_url(site, "sfconnector_connectedapp_change", flow.org.app_id)


def _connect_url(site: AdminSite, flow: OAuthFlow | None) -> str:
    return _admin_url(site, "sfconnector_org_connect", flow.org_id) if flow else ""


def _admin_url(site: AdminSite, name: str, *args: object) -> str:
    try:
        return reverse(f"{site.name}:{name}", args=args)
    except NoReverseMatch:
        return "/"


@login_not_required
@never_cache
@xframe_options_deny
@transactions.none_around
@sensitive_post_parameters("token")
@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: HttpRequest) -> HttpResponse:
    """Let somebody without an account here log in at Salesforce for one org.

    The secret stands in the link behind ``#``; the page's script sends it in a form, so
    that it is in no address. To look uses nothing up.
    """
    if request.method != "POST":
        return _invited_page(request, state="ask", title=_("Connect an org"))
    by = Actor.of(request)
    if not throttle.allow("invited", by):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    token = Secret(request.POST.get("token", "").rpartition("#")[2].strip())
    invitation = orgs.find_invitation(token)
    if invitation is None:
        title = _("This link opens nothing any more")
        return _invited_page(request, state="over", title=title, status=404)
    context: dict[str, Any] = {"invitation": invitation, "token": token}
    if "connect" in request.POST:
        try:
            return onward.leading_to(request, _begun(request, invitation, by=by))
        except SFConnectorError as error:
            context["refusal"] = error
    title = _("Connect “%(org)s”") % {"org": invitation.org}
    return _invited_page(request, state="open", title=title, **context)


def _begun(request: HttpRequest, invitation: Invitation, *, by: Actor) -> str:
    """Begin the log-in of an invitation; return the address of Salesforce's page."""
    nonce = orgs.nonce_of(request.session)
    begun = orgs.begin(
        invitation.org, by=by, session_nonce=nonce, invitation=invitation
    )
    return begun.authorize_url


def _invited_page(
    request: HttpRequest, *, status: int = 200, **context: Any
) -> HttpResponse:
    """Show a page to somebody who is not one of ours: nothing of the admin is on it."""
    response = render(request, "sfconnector/invited.html", context, status=status)
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "same-origin"  # the form's Origin must not be null
    return response


@login_not_required
@never_cache
@transactions.none_around
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """Answer that this process lives; asks nothing else."""
    return JsonResponse(health.live())


@login_not_required
@never_cache
@transactions.none_around
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer whether work can be done, by 200 or 503.

    What is missing, and how long runs wait, is told to who sends ``PROBE_TOKEN``.
    """
    state = health.ready_in_time()
    told = state if _has_probe_token(request) else {"ready": state["ready"]}
    return JsonResponse(told, status=200 if state["ready"] else 503)


@login_not_required
@never_cache
@transactions.none_around
@require_safe
def prometheus(request: HttpRequest) -> HttpResponse:
    """Give the gauges to a Prometheus that sends ``PROBE_TOKEN``; 404 to others.

    404 as well where ``sfconnector[prometheus]`` is not installed.
    """
    if not _has_probe_token(request) or find_spec("prometheus_client") is None:
        raise Http404
    from sfconnector.metrics import prometheus as told_by

    return HttpResponse(told_by.page(), content_type=told_by.CONTENT_TYPE_LATEST)


def _has_probe_token(request: HttpRequest) -> bool:
    token = conf.current().probe_token
    given = request.headers.get("Authorization", "").encode()
    return bool(token) and hmac.compare_digest(given, f"Bearer {token}".encode())
