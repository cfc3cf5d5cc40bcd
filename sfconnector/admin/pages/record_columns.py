"""Which fields a record list shows, in which order, and which are masked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sfconnector import audit, tasks
from sfconnector.admin import browsing
from sfconnector.admin.base import Page, client_address
from sfconnector.admin.pages.record_list import find_object
from sfconnector.admin.plan_form import NamesField
from sfconnector.models import Record, SField, SObject
from sfconnector.records import indexing

MOST_INDEXED = 8


class ColumnsForm(forms.Form):
    """Names of fields, one to a line."""

    columns = NamesField(
        label=gettext_lazy("Columns"),
        required=False,
        help_text=gettext_lazy(
            "API names in the order of the columns, one to a line; empty lets the "
            "list choose."
        ),
        widget=forms.Textarea(attrs={"rows": 10, "cols": 40, "spellcheck": "false"}),
    )
    masked = NamesField(
        label=gettext_lazy("Masked fields"),
        required=False,
        help_text=gettext_lazy(
            "They are never fetched again and shown nowhere, not even in exports."
        ),
        widget=forms.Textarea(attrs={"rows": 4, "cols": 40, "spellcheck": "false"}),
    )

    indexed = NamesField(
        label=gettext_lazy("Indexed fields"),
        required=False,
        help_text=gettext_lazy(
            "Objects with many records are sorted, filtered and searched by these "
            "alone. A worker builds the indexes; each costs space and time to fetch."
        ),
        widget=forms.Textarea(attrs={"rows": 4, "cols": 40, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, known: dict[str, SField], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known

    def _check(self, name: str) -> list[str]:
        chosen: list[str] = self.cleaned_data[name]
        wrong = [field for field in chosen if self.known and field not in self.known]
        if wrong:
            message = _("This object has no field %(name)s.") % {"name": wrong[0]}
            raise ValidationError(message)
        return chosen

    def clean_columns(self) -> list[str]:
        """Refuse names that the describe does not know."""
        return self._check("columns")

    def clean_masked(self) -> list[str]:
        """Refuse names that the describe does not know."""
        return self._check("masked")

    def clean_indexed(self) -> list[str]:
        """Refuse names that the describe does not know, and too many."""
        chosen = self._check("indexed")
        if len(chosen) > MOST_INDEXED:
            message = _("Choose up to %(count)d fields.") % {"count": MOST_INDEXED}
            raise ValidationError(message)
        return chosen


class ColumnsPage(Page[Record]):
    """Choose columns and masked fields."""

    verb = "columns"
    route = "browse/<slug:alias>/<str:sobject>/columns/"
    methods = ("GET", "POST")
    template = "sfconnector/record_columns.html"

    def is_allowed(self, request: HttpRequest) -> bool:
        """Ask for the right to change objects as well."""
        may_change = request.user.has_perm("sfconnector.change_sobject")
        return super().is_allowed(request) and may_change

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Show the form, or keep what was chosen."""
        sobject = find_object(request, arguments["alias"], arguments["sobject"])
        fields = browsing.fields_of(sobject)
        masked = [name for name, field in fields.items() if field.is_masked]
        form = ColumnsForm(
            request.POST or None,
            known=fields,
            initial={
                "columns": sobject.columns,
                "masked": masked,
                "indexed": sobject.wanted_indexes,
            },
        )
        if form.is_valid():
            self._keep(request, sobject, form.cleaned_data)
            back = self.admin.url("browse", sobject.org.alias, sobject.name)
            return HttpResponseRedirect(back)
        return self.render(
            request,
            title=_("Columns of %(object)s")
            % {"object": sobject.label or sobject.name},
            sobject=sobject,
            org=sobject.org,
            form=form,
            fields=fields.values(),
            building=indexing.wants(sobject),
            can_index=indexing.is_offered(),
        )

    def _keep(
        self, request: HttpRequest, sobject: SObject, chosen: dict[str, list[str]]
    ) -> None:
        SObject.objects.filter(pk=sobject.pk).update(
            columns=chosen["columns"], wanted_indexes=chosen["indexed"]
        )
        if sobject.wanted_indexes != chosen["indexed"]:
            tasks.ring_indexes(sobject.pk)
        rows = SField.objects.filter(sobject=sobject)
        rows.filter(name__in=chosen["masked"]).update(is_masked=True)
        rows.exclude(name__in=chosen["masked"]).update(is_masked=False)
        audit.append(
            "records.columns",
            user=request.user,
            org=sobject.org,
            detail={"sobject": sobject.name, **chosen},
            client_address=client_address(request),
        )
        self.admin.note(request, sobject, _("Arranged the list of records."))
        messages.success(request, _("The list of records is arranged anew."))
