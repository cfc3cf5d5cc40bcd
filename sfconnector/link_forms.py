"""The form field of a link: an org, and the id or the name of a cached record."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from sfconnector import catalog, records
from sfconnector.models import Org, Record, SObject

MOST_NAMED = 6
ID_LENGTHS = (15, 18)


def called(record: Record) -> str:
    """Return what a record is called, its id when it has no name to be seen."""
    if "has_hidden_name" in vars(record):
        is_hidden = vars(record)["has_hidden_name"]
    else:
        rows = Record.objects.filter(pk=record.pk)
        is_hidden = rows.filter(catalog.hides_one_of(records.NAMES)).exists()
    told = [record.data.get(name) for name in records.NAMES]
    names = [one for one in told if isinstance(one, str) and one]
    return names[0] if names and not is_hidden else record.record_id


def with_hidden_names(rows: QuerySet[Record]) -> QuerySet[Record]:
    """Ask, with the records themselves, which of them may not say their names."""
    return rows.annotate(has_hidden_name=catalog.hides_one_of(records.NAMES))


class LinkWidget(forms.MultiWidget):
    """An org to choose and a text to search for; in an admin also a list."""

    template_name = "sfconnector/widgets/link.html"
    lookup_url = ""
    """Where the list of records is; "" for a form without one."""

    def __init__(self) -> None:
        super().__init__([forms.Select(), forms.TextInput(attrs={"size": 24})])

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Name the list of records to the template."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        return {**context, "lookup_url": self.lookup_url}

    def decompress(self, value: Any) -> list[Any]:
        """Return org and id of a link."""
        return [value.org_id, value.record_id] if value else [None, ""]


class LinkField(forms.MultiValueField):
    """Finds a cached record of one object by its id or by its name.

    ``orgs`` are those to choose from: by default the ones that everybody may see.
    """

    def __init__(self, *, sobject: str, **options: Any) -> None:
        self.sobject = sobject
        self._org = forms.ModelChoiceField(Org.objects.none(), required=False)
        text = forms.CharField(required=False)
        super().__init__(
            (self._org, text), widget=LinkWidget(), require_all_fields=False, **options
        )
        self.orgs = Org.objects.present().visible_to(AnonymousUser())

    def __deepcopy__(self, memo: Any) -> Any:
        """Let each form have choices of its own, read when it is made."""
        made: Any = super().__deepcopy__(memo)
        made._org = made.fields[0]  # noqa: SLF001 - a copy of this very field
        made.orgs = self.orgs.all()
        return made

    @property
    def orgs(self) -> QuerySet[Org]:
        """Return the orgs to choose from."""
        found: Any = self._org.queryset
        return found  # type: ignore[no-any-return]  # it was set

    @orgs.setter
    def orgs(self, rows: QuerySet[Org]) -> None:
        self._org.queryset = rows
        self.widget.widgets[0].choices = self._org.choices

    def compress(self, data_list: list[Any]) -> Any:
        """Return the record that is meant, None for nothing. Raises ValidationError."""
        org, text = (list(data_list) or [None, ""])[:2]
        text = (text or "").strip()
        if not text:
            return None
        if org is None:
            raise ValidationError(_("Choose the org of the record."), code="org")
        return self._found(org, text)

    def _found(self, org: Org, text: str) -> Record:
        rows = Record.objects.of(org, self.sobject)
        if len(text) in ID_LENGTHS and text.isascii() and text.isalnum():
            # A range: SQLite's LIKE takes upper and lower case for the same.
            found = rows.filter(record_id__gte=text, record_id__lt=f"{text}~").first()
            if found:
                return found
        row = SObject.objects.filter(org=org, name=self.sobject).first()
        matches = (
            records.search(org, sobject=row, text=text).live() if row else rows.none()
        )
        several = list(with_hidden_names(matches)[: MOST_NAMED + 1])
        if len(several) == 1:
            return several[0]
        if not several:
            raise ValidationError(
                _("No cached record is found by “%(text)s”."),
                code="none",
                params={"text": text},
            )
        named = [f"{called(one)} ({one.record_id})" for one in several[:MOST_NAMED]]
        raise ValidationError(
            _("Several records are found; write the id of one: %(names)s."),
            code="several",
            params={"names": ", ".join(named)},
        )
