"""The REST explorer: write a call, send it, follow the answer, keep or copy it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext as _

from sfconnector import explorer, orgs, permissions
from sfconnector.admin.base import Page, row_key, visible_orgs
from sfconnector.admin.base.limits import limits_in
from sfconnector.admin.explorer.call_form import (
    CallForm,
    find_org,
    header_lines,
    pressed,
    type_of,
)
from sfconnector.admin.explorer.csv_files import csv_of_call
from sfconnector.admin.explorer.grid import grid_of
from sfconnector.admin.explorer.links import Links
from sfconnector.admin.explorer.planning import plan_call
from sfconnector.audit import Actor
from sfconnector.exceptions import InvalidRequest, SFConnectorError
from sfconnector.models import Org, SavedCall

FEW = 20
MOST_RAW = 300_000
"""Characters of an answer shown as text; the tree and the table show it as well."""


def sidebar(request: HttpRequest) -> dict[str, Any]:
    """Return the calls that a person may take up again, for either tab."""
    visible = visible_orgs(request)
    return {
        "history": explorer.history(request.user, orgs=visible)[:FEW],
        "kept": explorer.kept(request.user, orgs=visible),
        "can_plan": request.user.has_perm("sfconnector.add_syncplan"),
    }


def remembered(request: HttpRequest) -> SavedCall | None:
    """Return the call that ``?call=`` names, if this person may take it up."""
    key = row_key(request.GET.get("call"))
    calls = SavedCall.objects.visible_to(request.user)
    return calls.filter(pk=key).first()


class ExplorePage(Page[Org]):
    """Write and send one call to one org."""

    verb = "explore"
    route = "explore/"
    methods = ("GET", "POST")
    permission = permissions.EXPLORE
    template = "sfconnector/explorer.html"

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Show the form, and what became of it when it was sent."""
        if key := request.POST.get("org") or request.GET.get("org"):
            find_org(request, key)
        if request.method != "POST":
            return self._offer(request)
        form = CallForm(_posted(request), request=request)
        if not form.is_valid():
            return self._show(request, form)
        work = {"keep": self._keep, "code": self._code, "plan": self._plan}
        work |= {"postman": self._postman, "ask": self._ask, "csv": self._csv}
        return work.get(pressed(form), self._send)(request, form)

    def _offer(self, request: HttpRequest) -> HttpResponse:
        """Fill the form from a remembered call, or from the link that led here."""
        call = remembered(request)
        if call is None or call.soql:
            return self._show(
                request, CallForm(initial=self._start(request), request=request)
            )
        given = {
            "org": call.org_id,
            "method": call.method,
            "path": explorer.readable(call.path),
            "headers": header_lines(call.headers),
            "body": call.body,
            "name": call.name,
            "share": call.is_shared,
        }
        form = CallForm(initial=given, request=request)
        org = find_org(request, str(call.org_id))
        return self._show(request, form, **self._copies(org, explorer.request_of(call)))

    def _start(self, request: HttpRequest) -> dict[str, Any]:
        names = ("org", "method", "path")
        given = {name: request.GET[name] for name in names if name in request.GET}
        visible = visible_orgs(request)
        last = explorer.history(request.user, orgs=visible).first()
        org = (
            find_org(request, given["org"])
            if "org" in given
            else (last.org if last else None)
            or visible.filter(status=Org.Status.CONNECTED).first()
        )
        if org is not None:
            base = f"/services/data/v{orgs.version_for(org)}/"
            given = {"org": str(org.pk), "path": base, **given}
        return given

    def _send(self, request: HttpRequest, form: CallForm) -> HttpResponse:
        org, call = form.cleaned_data["org"], form.call()
        try:
            call = explorer.check(call, origin=org.instance_url)
            reply = explorer.send(
                org,
                request=call,
                by=Actor.of(request),
                may_write=self.admin.has_codename(request, permissions.EXPLORE_WRITE),
                confirmed_alias=form.cleaned_data["confirm"].strip(),
            )
        except SFConnectorError as error:
            return self._refused(request, form, error)
        explorer.remember(org, user=request.user, request=call, reply=reply)
        drawn = self._drawn(request, org, call=call, reply=reply)
        return self._show(request, form, **self._copies(org, call), **drawn)

    def _refused(
        self, request: HttpRequest, form: CallForm, error: SFConnectorError
    ) -> HttpResponse:
        """Say what is wrong; a call that reached for the org is remembered."""
        org, call = form.cleaned_data["org"], form.call()
        must_confirm = error.code == "confirm"
        if error.code in {"not_sent", "answer_lost"}:
            call = explorer.check(call, origin=org.instance_url)
            explorer.remember(org, user=request.user, request=call)
        return self._show(
            request, form, refusal=error, refused_by=org, must_confirm=must_confirm
        )

    def _drawn(
        self,
        request: HttpRequest,
        org: Org,
        *,
        call: explorer.Request,
        reply: explorer.Reply,
    ) -> dict[str, Any]:
        links = Links(
            org,
            reply.body,
            site=self.admin.admin_site.name,
            version=version_of(call.path, org),
            may_browse=self.admin.has_codename(request, permissions.VIEW_RECORDS),
        )
        body = reply.body if isinstance(reply.body, dict) else {}
        text = reply.text
        return {
            "sent_to": org,
            "reply": reply,
            "limits": limits_in(reply.body) if "/limits" in call.path else [],
            "headers_sent": header_lines(dict(call.headers)),
            "links": links,
            "grid": grid_of(explorer.table_of(reply.body), links),
            "is_page": isinstance(body.get("records"), list),
            "next_path": links.path_of(str(body.get("nextRecordsUrl") or "")),
            "raw": text[:MOST_RAW],
            "is_raw_cut": len(text) > MOST_RAW,
        }

    def _copies(self, org: Org, call: explorer.Request) -> dict[str, Any]:
        return {
            "call": call,
            "sent_path": explorer.readable(call.path),
            "copies": [
                ("curl", "cURL", explorer.as_curl(call, org=org)),
                ("python", "Python", explorer.as_python(call, org=org)),
                ("shell", _("Django shell"), explorer.as_shell(call, org=org)),
            ],
        }

    def _code(self, request: HttpRequest, form: CallForm) -> HttpResponse:
        """Show the call in other tools' words without sending it."""
        org = form.cleaned_data["org"]
        try:
            call = explorer.check(form.call(), origin=org.instance_url)
        except SFConnectorError as error:
            return self._refused(request, form, error)
        return self._show(request, form, **self._copies(org, call), is_code_open=True)

    def _keep(self, request: HttpRequest, form: CallForm) -> HttpResponse:
        """Keep the call by name without sending it."""
        given = form.cleaned_data
        if not given["name"].strip():
            form.add_error("name", _("Give it a name."))
            return self._show(request, form)
        try:
            call = explorer.check(form.call(), origin=given["org"].instance_url)
        except SFConnectorError as error:
            return self._refused(request, form, error)
        explorer.keep(
            given["org"],
            user=request.user,
            request=call,
            name=given["name"],
            is_shared=given["share"],
        )
        notice = _("Kept as “%(name)s”.") % {"name": given["name"]}
        return self._show(
            request, form, **self._copies(given["org"], call), notice=notice
        )

    def _csv(self, request: HttpRequest, form: CallForm) -> HttpResponse:
        """Give the rows of the answer, and of its further pages, as CSV."""
        try:
            return csv_of_call(form, by=Actor.of(request))
        except SFConnectorError as error:
            return self._refused(request, form, error)

    def _ask(self, request: HttpRequest, form: CallForm) -> HttpResponse:
        """Ask for a press of the button: Enter alone sends nothing that writes."""
        method = form.cleaned_data["method"]
        error = InvalidRequest(
            _("Enter alone sends no %(method)s. Nothing was sent.")
            % {"method": method},
            remedy=_("Press Send, or write a name to keep the call."),
        )
        return self._refused(request, form, error)

    def _plan(self, request: HttpRequest, form: CallForm) -> HttpResponse:
        """Make the call a plan and go to its form."""
        try:
            return plan_call(self.admin, request, form)
        except SFConnectorError as error:
            return self._refused(request, form, error)

    def _postman(self, request: HttpRequest, form: CallForm) -> HttpResponse:
        """Give the call as a Postman collection."""
        org = form.cleaned_data["org"]
        try:
            call = explorer.check(form.call(), origin=org.instance_url)
        except SFConnectorError as error:
            return self._refused(request, form, error)
        name = (
            form.cleaned_data["name"] or f"{call.method} {call.path.partition('?')[0]}"
        )
        told = explorer.as_postman([(name, call)], org=org)
        response = JsonResponse(told, json_dumps_params={"indent": 2})
        file = f"{slugify(org.alias)}.postman_collection.json"
        response["Content-Disposition"] = f'attachment; filename="{file}"'
        return response

    def _show(
        self, request: HttpRequest, form: CallForm, **context: Any
    ) -> HttpResponse:
        chosen = form["org"].value()
        org = visible_orgs(request).filter(pk=chosen).first() if chosen else None
        return self.render(
            request,
            title=_("Explorer"),
            form=form,
            org=org,
            org_type=type_of(org) if org else "unknown",
            has_orgs=visible_orgs(request).exists(),
            may_write=self.admin.has_codename(request, permissions.EXPLORE_WRITE),
            headers_allowed=explorer.HEADERS,
            starters=_starters(org),
            **sidebar(request),
            **context,
        )


def _posted(request: HttpRequest) -> QueryDict:
    """Return what was posted; a starter button stands for a plain GET of its path."""
    posted = request.POST.copy()
    if path := posted.get("start"):
        for name in ("headers", "body", "confirm", "do"):
            posted.pop(name, None)
        posted["method"], posted["path"] = "GET", path
    return posted


def _starters(org: Org | None) -> list[tuple[str, str]]:
    """Return calls worth a try, for a page that shows no answer yet."""
    if org is None:
        return []
    base = f"/services/data/v{orgs.version_for(org)}/"
    query = "query?q=SELECT Id, Name FROM Account ORDER BY LastModifiedDate DESC"
    return [
        (_("What the API offers"), base),
        (_("All objects"), f"{base}sobjects"),
        (_("Fields of Account"), f"{base}sobjects/Account/describe"),
        (_("Accounts changed last"), f"{base}{query} LIMIT 20"),
        (_("Limits of the org"), f"{base}limits"),
        (_("Recently viewed"), f"{base}recent"),
    ]


def version_of(path: str, org: Org) -> str:
    """Return the API version that a path names, the org's own when it names none."""
    named = path.removeprefix("/services/data/v").partition("/")[0]
    return named if named.replace(".", "").isdecimal() else orgs.version_for(org)
