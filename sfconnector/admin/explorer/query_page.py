"""The SOQL explorer: one query, one org or several at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from sfconnector import explorer, orgs, permissions
from sfconnector.admin.base import Page, visible_orgs
from sfconnector.admin.explorer.call_form import QueryForm, check_orgs, pressed
from sfconnector.admin.explorer.call_page import remembered, sidebar
from sfconnector.admin.explorer.csv_files import csv_of_query
from sfconnector.admin.explorer.grid import Grid, grid_of
from sfconnector.admin.explorer.links import Links
from sfconnector.admin.explorer.planning import plan_query
from sfconnector.audit import Actor
from sfconnector.exceptions import InvalidRequest, SFConnectorError
from sfconnector.models import Org


class QueryPage(Page[Org]):
    """Ask one or several orgs the same."""

    verb = "query"
    route = "explore/query/"
    methods = ("GET", "POST")
    permission = permissions.EXPLORE
    template = "sfconnector/explorer_query.html"

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Show the form, and the rows when a query was sent."""
        check_orgs(request, request.POST.getlist("orgs") or request.GET.getlist("org"))
        if request.method != "POST":
            form = QueryForm(initial=self._start(request), request=request)
            return self._show(request, form)
        form = QueryForm(request.POST, request=request)
        if not form.is_valid():
            return self._show(request, form)
        work = {"keep": self._keep, "plan": self._plan, "csv": self._csv}
        try:
            return work.get(pressed(form), self._ask)(request, form)
        except SFConnectorError as error:
            return self._show(request, form, refusal=error)

    def _start(self, request: HttpRequest) -> dict[str, Any]:
        call = remembered(request)
        if call is not None and call.soql:
            asked = call.orgs.filter(pk__in=visible_orgs(request))
            return {
                "orgs": [org.pk for org in asked],
                "soql": call.soql,
                "all_rows": call.all_rows,
                "name": call.name,
                "share": call.is_shared,
            }
        chosen = request.GET.getlist("org")
        connected = visible_orgs(request).filter(status=Org.Status.CONNECTED)
        if not chosen and connected.count() == 1:
            chosen = [str(org.pk) for org in connected]
        return {"orgs": chosen, "soql": request.GET.get("soql", "")}

    def _ask(self, request: HttpRequest, form: QueryForm) -> HttpResponse:
        chosen, soql = list(form.cleaned_data["orgs"]), form.cleaned_data["soql"]
        all_rows = form.cleaned_data["all_rows"]
        by = Actor.of(request)
        if "more" in request.POST:
            answers = explorer.ask_pages(_pages(request, chosen), by=by)
        else:
            answers = explorer.ask_orgs(chosen, soql=soql, all_rows=all_rows, by=by)
            explorer.remember_query(
                chosen, user=request.user, soql=soql, all_rows=all_rows
            )
        return self._show(
            request,
            form,
            answers=answers,
            asked=soql,
            asked_all=all_rows,
            caret=_caret(request, soql, answers),
            row_count=_count(answers),
            grid=self._grid(request, answers, is_many=len(chosen) > 1),
            more=[answer for answer in answers if answer.next_url],
        )

    def _grid(
        self,
        request: HttpRequest,
        answers: Sequence[explorer.OrgRows],
        *,
        is_many: bool,
    ) -> Grid | None:
        """Lay the rows of all orgs under each other, each with its org's links."""
        rows, links, names = [], [], []
        for answer in answers:
            led = self._links(request, answer)
            name = format_html('<span class="sf-x-org">{}</span>', answer.org.alias)
            rows += answer.rows
            links += [led] * len(answer.rows)
            names += [name] * len(answer.rows)
        if not rows:
            return None
        leading = {_("org"): names} if is_many else {}
        return grid_of(explorer.lay_out(rows, leading=leading), links)

    def _links(self, request: HttpRequest, answer: explorer.OrgRows) -> Links:
        return Links(
            answer.org,
            answer.rows,
            site=self.admin.admin_site.name,
            version=orgs.version_for(answer.org),
            form_id=f"sf-follow-{answer.org.pk}",
            may_browse=self.admin.has_codename(request, permissions.VIEW_RECORDS),
        )

    def _keep(self, request: HttpRequest, form: QueryForm) -> HttpResponse:
        """Keep the query by name without sending it."""
        given = form.cleaned_data
        if not given["name"].strip():
            form.add_error("name", _("Give it a name."))
            return self._show(request, form)
        explorer.keep_query(
            list(given["orgs"]),
            user=request.user,
            soql=given["soql"],
            all_rows=given["all_rows"],
            name=given["name"],
            is_shared=given["share"],
        )
        notice = _("Kept as “%(name)s”.") % {"name": given["name"]}
        return self._show(request, form, notice=notice)

    def _csv(self, request: HttpRequest, form: QueryForm) -> HttpResponse:
        """Give the rows of all pages as CSV."""
        return csv_of_query(form, by=Actor.of(request))

    def _plan(self, request: HttpRequest, form: QueryForm) -> HttpResponse:
        """Make the query a plan of the one org that is chosen."""
        chosen = list(form.cleaned_data["orgs"])
        if len(chosen) != 1:
            message = _("A plan reads one org.")
            raise InvalidRequest(message, remedy=_("Choose one org, then try again."))
        soql = form.cleaned_data["soql"]
        return plan_query(self.admin, request, org=chosen[0], soql=soql)

    def _show(
        self, request: HttpRequest, form: QueryForm, **context: Any
    ) -> HttpResponse:
        return self.render(
            request,
            title=_("Explorer"),
            form=form,
            has_orgs=visible_orgs(request).exists(),
            **sidebar(request),
            **context,
        )


def _count(answers: Sequence[explorer.OrgRows]) -> int | None:
    """Count the rows that came; None when every org refused."""
    counts = [len(answer.rows) for answer in answers if not answer.error]
    return sum(counts) if counts else None


def _caret(
    request: HttpRequest, soql: str, answers: Sequence[explorer.OrgRows]
) -> explorer.Caret | None:
    """Return the place that a refusal names; the first org's that names one.

    It is one of the text in the box, blanks before the query included.
    """
    typed = request.POST.get("soql", "").replace("\r\n", "\n")
    blanks = len(typed) - len(typed.lstrip())
    asked = soql.replace("\r\n", "\n")
    found = (explorer.caret_in(asked, answer.error) for answer in answers)
    caret = next((one for one in found if one is not None), None)
    return dataclasses.replace(caret, at=caret.at + blanks) if caret else None


def _pages(request: HttpRequest, chosen: Sequence[Org]) -> dict[Org, str]:
    """Return the next page's path of each chosen org that has one."""
    told = dict(
        entry.split(" ", 1) for entry in request.POST.getlist("next") if " " in entry
    )
    pages = {org: told[str(org.pk)] for org in chosen if str(org.pk) in told}
    if not pages:
        message = _("There is no further page.")
        raise InvalidRequest(message, remedy=_("Ask the query again."))
    return pages
