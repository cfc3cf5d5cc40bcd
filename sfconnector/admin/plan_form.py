"""The form of a plan, checked against what the org is known to have."""

from __future__ import annotations

import difflib
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sfconnector import catalog, sync
from sfconnector.admin.base import ModelForm
from sfconnector.exceptions import ConfigurationError
from sfconnector.models import Org, SField, SObject, SyncPlan

API_NAME = re.compile(r"[A-Za-z]\w*(\.[A-Za-z]\w*)*", re.ASCII)
PATH = re.compile(r"/services/[\w\-./?&=%+,:'()*~]*", re.ASCII)


class NamesField(forms.CharField):
    """A list of API names, typed with commas, spaces or line breaks between them."""

    def prepare_value(self, value: Any) -> Any:
        """Write a stored list one name to a line."""
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Return the names in order, each once."""
        if isinstance(value, list):
            return value
        names = re.split(r"[\s,;]+", value or "")
        return [name for name in dict.fromkeys(names) if name]

    def validate(self, value: Any) -> None:
        """Refuse what cannot be an API name."""
        wrong = [name for name in value if not API_NAME.fullmatch(name)]
        if wrong:
            message = _("%(names)s cannot be an API name.")
            raise ValidationError(message % {"names": ", ".join(wrong[:3])})

    def run_validators(self, value: Any) -> None:
        """Do nothing: text validators do not apply to a list."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare the lists, not how they were typed."""
        return bool((initial or []) != self.to_python(data))


def _when(kind: str) -> dict[str, str]:
    return {"data-sf-when": f"kind={kind}"}


class SyncPlanForm(ModelForm[SyncPlan]):
    """What to read, and when."""

    class Meta:
        model = SyncPlan
        fields = "__all__"
        widgets = {
            "sobject": forms.TextInput(
                attrs={"class": "vTextField", **_when("object")}
            ),
            "where": forms.Textarea(attrs={"rows": 2, "cols": 60, **_when("object")}),
            "soql": forms.Textarea(attrs={"rows": 5, "cols": 80, **_when("soql")}),
            "path": forms.TextInput(attrs={"class": "vTextField", **_when("endpoint")}),
            "every_minutes": forms.NumberInput(
                attrs={"data-sf-when": "schedule=every", "min": "1"}
            ),
            "cron": forms.TextInput(attrs={"data-sf-when": "schedule=cron"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "fields" in self.fields:
            self.fields["fields"] = NamesField(
                label=gettext_lazy("Fields"),
                required=False,
                help_text=gettext_lazy(
                    "API names, one to a line; empty means every readable field."
                ),
                widget=forms.Textarea(
                    attrs={"rows": 6, "cols": 50, "spellcheck": "false"}
                    | _when("object")
                ),
            )

    def clean_where(self) -> str:
        """Keep a filter to a condition."""
        where: str = self.cleaned_data["where"].strip()
        if re.match(r"where\b", where, re.IGNORECASE):
            message = _("Leave the word WHERE out; write the condition alone.")
            raise ValidationError(message)
        if re.search(
            r"\b(limit|order\s+by|group\s+by)\b", _without_texts(where), re.IGNORECASE
        ):
            message = _(
                "A filter is a condition: ORDER BY, GROUP BY and LIMIT do not fit."
            )
            raise ValidationError(message)
        return where

    def clean_soql(self) -> str:
        """Ask for a query."""
        soql: str = self.cleaned_data["soql"].strip().rstrip(";")
        if soql and not re.match(r"select\b", soql, re.IGNORECASE):
            message = _("Write a query that begins with SELECT.")
            raise ValidationError(message)
        return soql

    def clean_path(self) -> str:
        """Ask for a path inside the org."""
        path: str = self.cleaned_data["path"].strip()
        if path and (not PATH.fullmatch(path) or "//" in path or ".." in path):
            message = _(
                "Write a path that begins with /services/, for example "
                "/services/data/v39.0/sobjects/account."
            )
            raise ValidationError(message)
        return path

    def clean_cron(self) -> str:
        """Refuse cron text that never comes true."""
        cron: str = self.cleaned_data["cron"].strip()
        if not cron:
            return ""
        try:
            sync.next_run(SyncPlan(schedule="cron", cron=cron), timezone.now())
        except ConfigurationError as error:
            raise ValidationError(f"{error} {error.remedy}") from error
        return cron

    def clean(self) -> dict[str, Any]:
        """Check that kind and target, schedule and interval belong together."""
        super().clean()
        data = self.cleaned_data
        self._check_target(data)
        if data.get("schedule") == SyncPlan.Schedule.EVERY and not data.get(
            "every_minutes"
        ):
            self._miss("every_minutes", _("Say every how many minutes."))
        if data.get("schedule") == SyncPlan.Schedule.CRON and not data.get("cron"):
            self._miss("cron", _("Write the cron text."))
        return data

    def _miss(self, name: str, message: str) -> None:
        if name in self.fields and name not in self.errors:
            self.add_error(name, message)

    def _check_target(self, data: dict[str, Any]) -> None:
        kind = data.get("kind")
        needed = {"object": "sobject", "soql": "soql", "endpoint": "path"}
        for other, name in needed.items():
            if other != kind and name in data:
                data[name] = ""
        if kind != SyncPlan.Kind.OBJECT:
            data["fields"], data["where"] = [], ""
        name = needed.get(str(kind), "")
        if name and not data.get(name):
            self._miss(name, _("Say what the plan reads."))
        elif kind == SyncPlan.Kind.OBJECT and data.get("org"):
            self._check_object(data, data["org"])

    def _check_object(self, data: dict[str, Any], org: Org) -> None:
        """Check names against the catalog; an org that was never discovered passes."""
        data["sobject"] = catalog.canonical_name(org, data["sobject"])
        names = list(SObject.objects.filter(org=org).values_list("name", flat=True))
        if org.catalog_at and data["sobject"] not in names:
            message = _("%(org)s has no object %(name)s.")
            given = {"org": org, "name": data["sobject"]}
            self.add_error("sobject", message % given + _hint(data["sobject"], names))
            return
        known = SField.objects.filter(sobject__org=org, sobject__name=data["sobject"])
        self._check_fields(data, list(known.values_list("name", flat=True)))

    def _check_fields(self, data: dict[str, Any], known: list[str]) -> None:
        if not known:
            return
        spelled = {name.lower(): name for name in known}
        chosen = data.get("fields") or []
        unknown = [
            name for name in chosen if "." not in name and name.lower() not in spelled
        ]
        if unknown:
            message = _("%(object)s has no field %(name)s.")
            given = {"object": data["sobject"], "name": unknown[0]}
            self.add_error("fields", message % given + _hint(unknown[0], known))
            return
        spelled_out = (spelled.get(name.lower(), name) for name in chosen)
        data["fields"] = list(dict.fromkeys(spelled_out))


def _hint(wrong: str, known: list[str]) -> str:
    near = difflib.get_close_matches(wrong, known, n=1, cutoff=0.6)
    return " " + _("Did you mean %(name)s?") % {"name": near[0]} if near else ""


def _without_texts(soql: str) -> str:
    return re.sub(r"'(\\.|[^'\\])*'", "''", soql)
