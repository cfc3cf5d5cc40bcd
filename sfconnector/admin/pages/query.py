"""The SOQL explorer: one query, one org or several at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sfconnector import explorer, permissions
from sfconnector.admin.base import Page, client_address, visible_orgs
from sfconnector.models import Org


class QueryForm(forms.Form):
    """A query and the orgs it goes to."""

    orgs = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Orgs"),
        queryset=Org.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    soql = forms.CharField(
        label=gettext_lazy("SOQL"),
        max_length=100_000,
        widget=forms.Textarea(
            attrs={
                "rows": 5,
                "spellcheck": "false",
                "placeholder": "SELECT Id, Name FROM Account LIMIT 20",
            }
        ),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        orgs = self.fields["orgs"]
        orgs.queryset = visible_orgs(request)  # type: ignore[attr-defined]

    def clean_soql(self) -> str:
        """Ask for a query: nothing else is sent from here."""
        soql: str = self.cleaned_data["soql"].strip().rstrip(";")
        if not soql.lower().startswith("select"):
            message = _("Write a query that begins with SELECT.")
            raise ValidationError(message)
        return soql


class QueryPage(Page[Org]):
    """Ask several orgs the same."""

    verb = "query"
    route = "explore/query/"
    methods = ("GET", "POST")
    permission = permissions.EXPLORE
    template = "sfconnector/explorer_query.html"

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Show the form, and the rows when a query was sent."""
        if request.method != "POST":
            given = {
                "orgs": request.GET.getlist("org"),
                "soql": request.GET.get("soql"),
            }
            return self._show(request, QueryForm(initial=given, request=request))
        form = QueryForm(request.POST, request=request)
        if not form.is_valid():
            return self._show(request, form)
        answers = explorer.ask_orgs(
            list(form.cleaned_data["orgs"]),
            soql=form.cleaned_data["soql"],
            user=request.user,
            client_address=client_address(request),
        )
        return self._show(
            request,
            form,
            answers=answers,
            table=self._table(answers),
            asked=form.cleaned_data["soql"],
        )

    def _table(self, answers: list[explorer.OrgRows]) -> explorer.Table:
        several = len(answers) > 1
        rows = [row for answer in answers for row in answer.rows]
        aliases = [answer.org.alias for answer in answers for _row in answer.rows]
        return explorer.lay_out(rows, leading={_("org"): aliases} if several else {})

    def _show(
        self, request: HttpRequest, form: QueryForm, **context: Any
    ) -> HttpResponse:
        return self.render(
            request,
            title=_("SOQL explorer"),
            form=form,
            can_plan=request.user.has_perm("sfconnector.add_syncplan"),
            **context,
        )
