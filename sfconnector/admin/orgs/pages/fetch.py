"""What shall be fetched? The usual objects of an org, searched, ticked and fetched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sfconnector import permissions, sync
from sfconnector.admin.base import Page, tell
from sfconnector.admin.orgs.fetchable import Offer, offers_of
from sfconnector.audit import Actor
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org, SObject, SyncRun

FIRST = ("Account", "Contact")
"""Ticked for an org of which nothing is fetched yet."""
OFTEN = (
    ("", gettext_lazy("only now")),
    ("15", gettext_lazy("now, and every 15 minutes")),
    ("60", gettext_lazy("now, and every hour")),
    ("1440", gettext_lazy("now, and every day")),
)
"""Minutes between two runs, and how the page calls them."""


def state_of(org: Org, offers: Sequence[Offer]) -> str:
    """Return a text that differs when the page would look different."""
    runs = [f"{one.run.pk}{one.run.state}" for one in offers if one.run]
    return " ".join(["known" if org.catalog_at else "new", *runs])


def fetched_name(offer: Offer) -> str:
    """Return the name under which the page is told an object's progress."""
    return f"fetched-{offer.name}"


class FetchPage(Page[Org]):
    """Offer objects; plan and fetch those that are ticked."""

    verb = "fetch"
    methods = ("GET", "POST")
    permission = permissions.SYNC
    template = "sfconnector/org_fetch.html"

    def is_allowed(self, request: HttpRequest) -> bool:
        """Let in who may add plans and run them."""
        may_add = request.user.has_perm("sfconnector.add_syncplan")
        return may_add and super().is_allowed(request)

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Show the page, or fetch what was ticked on it."""
        org = self.find(request, arguments["pk"])
        if "fetch" in request.POST:
            return self._fetch(request, org)
        # A search is a POST as well: it keeps what is ticked, and no token in a URL.
        search = request.POST.get("q", "").strip()[:80]
        ticked = request.POST.getlist("object")
        offers = offers_of(org, search=search, names=ticked)
        if request.method != "POST" and not any(one.plan for one in offers):
            ticked = list(FIRST)
        return self.render(
            request,
            title=_("What shall be fetched?"),
            org=org,
            offers=offers,
            ticked=ticked,
            search=search,
            finds_nothing=bool(search) and not any(one.fits(search) for one in offers),
            often=OFTEN,
            every=request.POST.get("every", ""),
            state=state_of(org, offers),
            is_working=any(one.run and one.run.is_active for one in offers),
            can_browse=self.admin.has_codename(request, permissions.VIEW_RECORDS),
        )

    def _fetch(self, request: HttpRequest, org: Org) -> HttpResponse:
        names = request.POST.getlist("object")
        every = request.POST.get("every", "")
        known = SObject.objects.filter(org=org, queryable=True, name__in=names)
        if not known or every not in dict(OFTEN):
            messages.error(request, _("Tick what shall be fetched."))
            return HttpResponseRedirect(self.admin.url(self.verb, org.pk))
        asked = [self._ask(request, org, row.name, every) for row in known]
        text = ngettext(
            "%(count)d object is being fetched by the worker.",
            "%(count)d objects are being fetched by the worker.",
            sum(asked),
        )
        if any(asked):
            messages.success(request, text % {"count": sum(asked)})
        return HttpResponseRedirect(self.admin.url(self.verb, org.pk))

    def _ask(self, request: HttpRequest, org: Org, name: str, every: str) -> bool:
        often: dict[str, Any] = {"every_minutes": int(every)} if every else {}
        try:
            plan = sync.plan_object(org, sobject=name, **often)
            sync.request_run(plan, by=Actor.of(request))
        except SFConnectorError as error:
            tell(request, error)
            return False
        if plan.created_by_id is None:
            plan.created_by_id = request.user.pk
            plan.save(update_fields=["created_by"])
        self.admin.note(request, plan, _("Asked for a run on “What shall be fetched?”"))
        return True


class FetchStatePage(Page[Org]):
    """How far the fetches of the page are, asked for every two seconds."""

    verb = "fetch_state"
    methods = ("GET",)
    permission = permissions.SYNC

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Answer in JSON, as the page's script wants it."""
        org = self.find(request, arguments["pk"])
        offers = offers_of(org)
        runs = [one.run for one in offers if one.run]
        active = org.catalog_at is None or any(run.is_active for run in runs)
        values = {fetched_name(one): _told(one.run) for one in offers if one.run}
        state = state_of(org, offers)
        return JsonResponse({"state": state, "active": active, "values": values})


def _told(run: SyncRun) -> str:
    return f"{run.fetched:,}"
