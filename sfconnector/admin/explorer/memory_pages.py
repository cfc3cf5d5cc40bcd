"""What the explorer remembers and knows: forget a call, complete a word."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from sfconnector import explorer, permissions
from sfconnector.admin.base import Deed, Done, Page, done, row_key, visible_orgs
from sfconnector.audit import Actor
from sfconnector.models import Org

LONGEST_TYPED = 20_000


class ForgetPage(Deed[Org]):
    """Forget a call of one's own, or the whole history."""

    verb = "forget"
    route = "explore/forget/"
    permission = permissions.EXPLORE

    def row_of(self, request: HttpRequest, **arguments: Any) -> None:
        """Return nothing: the history is a person's, not an org's."""

    def do(self, request: HttpRequest, row: None, *, by: Actor) -> Done:
        """Delete it and go back to the tab it was pressed in."""
        key = row_key(request.POST.get("call"))
        if key:
            explorer.forget(request.user, pk=key)
        elif "history" in request.POST:
            explorer.forget(request.user)
        tab = "query" if request.POST.get("tab") == "query" else "explore"
        return done(leads_to=self.admin.url(tab))


class CompletePage(Page[Org]):
    """Complete what is typed, from the catalog alone: nothing is sent."""

    verb = "complete"
    route = "explore/complete/"
    methods = ("GET",)
    permission = permissions.EXPLORE

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Answer with what may follow the text before the caret, as JSON."""
        keys = [key for text in request.GET.getlist("org") if (key := row_key(text))]
        chosen = list(visible_orgs(request).filter(pk__in=keys))
        found: list[explorer.Suggestion] = []
        if chosen and "soql" in request.GET:
            text = request.GET["soql"][-LONGEST_TYPED:]
            after = request.GET.get("after", "")[:LONGEST_TYPED]
            found = explorer.for_soql(chosen, text=text, after=after)
        elif chosen:
            text = request.GET.get("path", "")[-LONGEST_TYPED:]
            found = explorer.for_path(chosen[0], text=text)
        told = [dataclasses.asdict(suggestion) for suggestion in found]
        return JsonResponse({"suggestions": told})
