"""A call or a query of the explorer becomes a plan that fetches it by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from sfconnector import explorer, sync
from sfconnector.audit import Actor
from sfconnector.exceptions import InvalidRequest
from sfconnector.models import Org, SyncPlan
from sfconnector.texts import gettext_noop

if TYPE_CHECKING:
    from sfconnector.admin.base import Face
    from sfconnector.admin.explorer.call_form import CallForm

LONGEST_PATH = 2_000


def plan_call(admin: Face[Any], request: HttpRequest, form: CallForm) -> HttpResponse:
    """Make a reading call a plan and lead to its form; raise what does not fit.

    A query becomes a SOQL plan, which reads all of its pages.
    """
    org = form.cleaned_data["org"]
    call = explorer.check(form.call(), origin=org.instance_url)
    if call.method != "GET" or explorer.is_write(call):
        raise InvalidRequest(
            gettext_noop("Only a GET can be fetched on a schedule."),
            remedy=gettext_noop("Choose GET; what writes is sent by a person."),
        )
    place, _mark, query = call.path.partition("?")
    given = parse_qs(query)
    if place.rstrip("/").endswith("/query") and set(given) == {"q"}:
        return plan_query(admin, request, org=org, soql=given["q"][0])
    if len(call.path) > LONGEST_PATH:
        raise InvalidRequest(
            gettext_noop("A plan's path has at most {most:,} characters.").format(
                most=LONGEST_PATH
            ),
            remedy=gettext_noop("Ask by the SOQL tab; its queries may be longer."),
        )
    _check_permission(request)
    known = SyncPlan.objects.filter(org=org, kind="endpoint", path=call.path).first()
    plan = known or sync.plan_endpoint(
        org, path=call.path, by=Actor.of(request), created_by=request.user
    )
    return _lead(admin, request, plan, is_new=known is None)


def plan_query(
    admin: Face[Any], request: HttpRequest, *, org: Org, soql: str
) -> HttpResponse:
    """Make a query a plan and lead to its form."""
    _check_permission(request)
    text = soql.strip()
    known = SyncPlan.objects.filter(org=org, kind="soql", soql=text).first()
    plan = known or sync.plan_soql(
        org, soql=text, by=Actor.of(request), created_by=request.user
    )
    return _lead(admin, request, plan, is_new=known is None)


def _check_permission(request: HttpRequest) -> None:
    if not request.user.has_perm("sfconnector.add_syncplan"):
        raise PermissionDenied


def _lead(
    admin: Face[Any], request: HttpRequest, plan: SyncPlan, *, is_new: bool
) -> HttpResponse:
    if is_new:
        admin.log_addition(request, plan, _("Made in the explorer."))
        text = _("The plan is made. Choose when it runs, and save.")
        messages.success(request, text)
    else:
        messages.info(request, _("There is such a plan already: this one."))
    url = reverse(
        "admin:sfconnector_syncplan_change",
        args=[plan.pk],
        current_app=admin.admin_site.name,
    )
    return HttpResponseRedirect(url)
