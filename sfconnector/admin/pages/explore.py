"""The REST explorer: write a call, send it, follow the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sfconnector import explorer, permissions
from sfconnector.admin.answers import Links
from sfconnector.admin.base import Page, client_address, visible_orgs
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org, SavedCall

METHODS = [(name, name) for name in explorer.METHODS]
FEW = 15


class CallForm(forms.Form):
    """One call as a person writes it."""

    org = forms.ModelChoiceField(label=gettext_lazy("Org"), queryset=Org.objects.none())
    method = forms.ChoiceField(label=gettext_lazy("Method"), choices=METHODS)
    path = forms.CharField(
        label=gettext_lazy("Path"),
        max_length=16_000,
        widget=forms.TextInput(
            attrs={
                "list": "sf-paths",
                "autocomplete": "off",
                "spellcheck": "false",
                "placeholder": "/services/data/v66.0/sobjects/Account",
            }
        ),
    )
    headers = forms.CharField(
        label=gettext_lazy("Headers"),
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 2, "placeholder": "Sforce-Query-Options: batchSize=200"}
        ),
        help_text=gettext_lazy("One to a line. The token is added by itself."),
    )
    body = forms.CharField(
        label=gettext_lazy("Body"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=gettext_lazy("JSON, for POST, PATCH and PUT."),
    )
    confirm = forms.CharField(
        label=gettext_lazy("Alias, to confirm"), required=False, max_length=60
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        org = self.fields["org"]
        org.queryset = visible_orgs(request)  # type: ignore[attr-defined]

    def clean_headers(self) -> dict[str, str]:
        """Read ``Name: value`` lines."""
        try:
            return explorer.parse_headers(self.cleaned_data["headers"])
        except SFConnectorError as error:
            raise ValidationError(f"{error} {error.remedy}") from error

    def call(self) -> explorer.Request:
        """Return the call that was written."""
        given = self.cleaned_data
        return explorer.Request(
            method=given["method"],
            path=given["path"],
            headers=given["headers"],
            body=given["body"],
        )


class ExplorePage(Page[Org]):
    """Send one call to one org."""

    verb = "explore"
    route = "explore/"
    methods = ("GET", "POST")
    permission = permissions.EXPLORE
    template = "sfconnector/explorer.html"

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Show the form, and what came back when a call was sent."""
        if request.method != "POST":
            form = CallForm(initial=self._initial(request), request=request)
            return self._show(request, form)
        form = CallForm(request.POST, request=request)
        if not form.is_valid():
            return self._show(request, form)
        if "postman" in request.POST:
            return _postman(form)
        return self._show(request, form, **self._send(request, form))

    def _initial(self, request: HttpRequest) -> dict[str, Any]:
        """Fill the form from a remembered call, or from the link that led here."""
        names = ("org", "method", "path")
        given: dict[str, Any] = {name: request.GET.get(name, "") for name in names}
        pk = request.GET.get("call", "")
        call = self._calls(request).filter(pk=pk).first() if pk.isdigit() else None
        if call is not None:
            headers = "\n".join(f"{name}: {v}" for name, v in call.headers.items())
            given = {
                "org": call.org_id,
                "method": call.method,
                "path": call.path,
                "headers": headers,
                "body": call.body,
            }
        return given

    def _calls(self, request: HttpRequest) -> Any:
        orgs = visible_orgs(request)
        user: Any = request.user
        return explorer.history(user, orgs=orgs) | explorer.kept(user, orgs=orgs)

    def _send(self, request: HttpRequest, form: CallForm) -> dict[str, Any]:
        org, call = form.cleaned_data["org"], form.call()
        user: Any = request.user
        try:
            call = explorer.check(call)
            reply = explorer.send(
                org,
                request=call,
                user=user,
                may_write=self.admin.has_codename(request, permissions.EXPLORE_WRITE),
                confirmed_alias=form.cleaned_data["confirm"],
                client_address=client_address(request),
            )
        except SFConnectorError as error:
            return {"refusal": error, "must_confirm": error.code == "confirm"}
        explorer.remember(org, user=user, request=call, reply=reply)
        if name := request.POST.get("keep_as", "").strip():
            shared = "share" in request.POST
            explorer.keep(org, user=user, request=call, name=name, is_shared=shared)
        return {
            "sent_to": org,
            "call": call,
            "reply": reply,
            "links": Links(org, reply.body, site=self.admin.admin_site.name),
            "table": explorer.table_of(reply.body),
            "curl": explorer.as_curl(call, org=org),
            "python": explorer.as_python(call, org=org),
        }

    def _show(
        self, request: HttpRequest, form: CallForm, **context: Any
    ) -> HttpResponse:
        orgs = visible_orgs(request)
        user: Any = request.user
        return self.render(
            request,
            title=_("Explorer"),
            form=form,
            history=explorer.history(user, orgs=orgs)[:FEW],
            kept=explorer.kept(user, orgs=orgs)[:FEW],
            may_write=self.admin.has_codename(request, permissions.EXPLORE_WRITE),
            can_plan=request.user.has_perm("sfconnector.add_syncplan"),
            **context,
        )


def _postman(form: CallForm) -> HttpResponse:
    org, call = form.cleaned_data["org"], form.call()
    told: Mapping[str, Any] = explorer.as_postman([(call.path[:80], call)], org=org)
    response = JsonResponse(told, json_dumps_params={"indent": 2})
    response["Content-Disposition"] = f'attachment; filename="{org.alias}.postman.json"'
    return response


class ForgetPage(Page[Org]):
    """Forget a kept call or a line of the history: one's own only."""

    verb = "forget"
    route = "explore/forget/<int:pk>/"
    permission = permissions.EXPLORE

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Delete it and go back."""
        SavedCall.objects.filter(user=request.user.pk, pk=arguments["pk"]).delete()
        return HttpResponseRedirect(self.admin.url("explore"))
