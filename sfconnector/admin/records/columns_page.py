"""Which fields a record list shows, in which order, and which are masked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sfconnector import audit, catalog, tasks
from sfconnector.admin.base import Deed, Done, done
from sfconnector.admin.picker import FieldPicker, NamesField, offers_of
from sfconnector.admin.records.list_page import find_object
from sfconnector.audit import Actor
from sfconnector.models import Record, SField, SObject
from sfconnector.records import indexing

MOST_INDEXED = 8
SHOWN = 10


class ColumnsForm(forms.Form):
    """Names of fields, one to a line."""

    columns = NamesField(
        label=gettext_lazy("Columns"),
        required=False,
        widget=FieldPicker(
            all_label=gettext_lazy("The list chooses"),
            text_label=gettext_lazy("As text, in the order of the columns"),
        ),
    )
    masked = NamesField(
        label=gettext_lazy("Masked fields"),
        required=False,
        help_text=gettext_lazy(
            "They are never fetched again and shown nowhere, not even in exports."
        ),
        widget=FieldPicker(),
    )

    indexed = NamesField(
        label=gettext_lazy("Indexed fields"),
        required=False,
        help_text=gettext_lazy(
            "Objects with many records are sorted, filtered and searched by these "
            "alone. A worker builds the indexes; each costs space and time to fetch."
        ),
        widget=FieldPicker(),
    )

    def __init__(
        self,
        *args: Any,
        sobject: SObject,
        known: dict[str, SField],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        offers = offers_of(sobject, fields=known, with_hidden=True)
        hidden = {name for name, field in known.items() if field.is_hidden}
        for name, field in self.fields.items():
            picker: Any = field.widget
            all_offered = name != "indexed"
            picker.offers = [
                one for one in offers if all_offered or one.name not in hidden
            ]

    def _check(self, name: str) -> list[str]:
        chosen: list[str] = self.cleaned_data[name]
        wrong = [field for field in chosen if self.known and field not in self.known]
        if wrong:
            message = ngettext(
                "This object has no field %(names)s.",
                "This object has no fields %(names)s.",
                len(wrong),
            ) % {"names": ", ".join(wrong[:SHOWN])}
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


class ColumnsPage(Deed[Record]):
    """Choose columns and masked fields."""

    verb = "columns"
    route = "browse/<slug:alias>/<str:sobject>/columns/"
    methods = ("GET", "POST")
    template = "sfconnector/record_columns.html"

    def is_allowed(self, request: HttpRequest) -> bool:
        """Ask for the right to change objects as well."""
        may_change = request.user.has_perm("sfconnector.change_sobject")
        return super().is_allowed(request) and may_change

    def row_of(self, request: HttpRequest, **arguments: Any) -> SObject:
        """Return the object whose list is arranged."""
        return find_object(request, arguments["alias"], arguments["sobject"])

    def home_of(self, row: SObject) -> str:
        """Show the list."""
        return self.admin.url("browse", row.org.alias, row.name)

    def ask(self, request: HttpRequest, row: SObject) -> HttpResponse | None:
        """Show the form until it is right."""
        form = _form_of(request, row)
        if form.is_valid():
            return None
        return self.render(
            request,
            title=_("Columns of %(object)s") % {"object": row.label or row.name},
            sobject=row,
            org=row.org,
            form=form,
            media=self.admin.media + form.media,
            building=indexing.wants(row),
            can_index=indexing.is_offered(),
        )

    def do(self, request: HttpRequest, row: SObject, *, by: Actor) -> Done:
        """Keep what was chosen."""
        form = _form_of(request, row)
        form.full_clean()
        chosen: dict[str, list[str]] = form.cleaned_data
        SObject.objects.filter(pk=row.pk).update(
            columns=chosen["columns"], wanted_indexes=chosen["indexed"]
        )
        if row.wanted_indexes != chosen["indexed"]:
            tasks.ring_indexes(row.pk)
        catalog.mask(row, chosen["masked"])
        detail = {"sobject": row.name, **chosen}
        audit.append("records.columns", by=by, org=row.org, detail=detail)
        text = _("The list of records is arranged anew.")
        return done(text, noted=_("Arranged the list of records."))


def _form_of(request: HttpRequest, sobject: SObject) -> ColumnsForm:
    fields = catalog.fields_of(sobject)
    return ColumnsForm(
        request.POST or None,
        sobject=sobject,
        known=fields,
        initial={
            "columns": sobject.columns,
            "masked": [name for name, field in fields.items() if field.is_masked],
            "indexed": sobject.wanted_indexes,
        },
    )
