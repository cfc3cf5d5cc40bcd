"""The form of a plan, checked against what the org is known to have."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sfconnector import gateway
from sfconnector.admin.base import ModelForm, row_key
from sfconnector.admin.base.places import address_of
from sfconnector.admin.cron.cron_input import CronInput
from sfconnector.admin.cron.cron_words import checked
from sfconnector.admin.picker import FieldPicker, NamesField, offers_of
from sfconnector.admin.sync.plan_checks import (
    TAKEN,
    check_filter,
    object_of,
    spelled,
    where_it_is,
)
from sfconnector.admin.sync.plan_versions import changed_meanwhile
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org, SObject, SyncPlan
from sfconnector.wording import words_of


def _when(kind: str) -> dict[str, str]:
    return {"data-sf-when": f"kind={kind}"}


class SyncPlanForm(ModelForm[SyncPlan]):
    """What to read, and when."""

    refusal = ""
    """Why the org does not describe the object; set by whoever asked it."""

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
            "cron": CronInput(attrs={"data-sf-when": "schedule=cron"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:  # plans of the project's tasks are made by these
            kinds = SyncPlan.Kind.choices
            field: Any = self.fields["kind"]
            field.choices = [one for one in kinds if one[0] != SyncPlan.Kind.TASK]
        if "fields" in self.fields:
            self.fields["fields"] = NamesField(
                label=gettext_lazy("Fields"),
                required=False,
                help_text=gettext_lazy(
                    "Names that are ticked, or written as text one to a line."
                ),
                widget=FieldPicker(
                    _when("object"),
                    all_label=gettext_lazy("Every readable field, also those to come"),
                    text_label=gettext_lazy(
                        "As text, also fields of parents such as Owner.Name"
                    ),
                ),
            )
            self._offer_fields(self.fields["fields"].widget)

    def _offer_fields(self, picker: Any) -> None:
        """Let the picker offer the fields of the object that the form names so far."""
        picker.ask = address_of("syncplan_fields")
        orgs = getattr(self.fields.get("org"), "queryset", None)
        name = (
            str(self["sobject"].value() or "").strip()
            if "sobject" in self.fields
            else ""
        )
        if orgs is None or not name:
            return
        org = orgs.filter(pk=row_key(str(self["org"].value() or ""))).first()
        if org is not None:
            rows = SObject.objects.filter(org=org, name__iexact=name)
            picker.offers = offers_of(rows.defer("describe").first())

    def clean_where(self) -> str:
        """Keep a filter to a condition."""
        where: str = self.cleaned_data["where"].strip()
        if re.match(r"where\b", where, re.IGNORECASE):
            message = _("Leave the word WHERE out; write the condition alone.")
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
        if path and not path.startswith("/services/"):
            message = _(
                "Write a path that begins with /services/, for example "
                "/services/data/v39.0/sobjects/account."
            )
            raise ValidationError(message)
        return path

    def clean_cron(self) -> str:
        """Refuse cron text that never comes true."""
        return checked(self.cleaned_data["cron"])

    def clean(self) -> dict[str, Any]:
        """Check that kind and target, schedule and interval belong together."""
        super().clean()
        data = self.cleaned_data
        self._check_target(data)
        self._check_worded(data)
        if changed := changed_meanwhile(self):
            self.add_error(None, changed)
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

    def _check_worded(self, data: dict[str, Any]) -> None:
        """Let the gateway look at what a person worded: a plan only reads."""
        names = {"object": "where", "soql": "soql", "endpoint": "path"}
        name = names.get(str(data.get("kind")), "")
        if not data.get("org") or not data.get(name) or name in self.errors:
            return
        told = ("org", "kind", "sobject", "where", "soql", "path")
        given = {one: data[one] for one in told if data.get(one)}
        try:
            gateway.check_plan(SyncPlan(**given))
        except SFConnectorError as error:
            self.add_error(name, words_of(error))

    def _check_object(self, data: dict[str, Any], org: Org) -> None:
        """Check names against the catalog; what is not known there passes."""
        if self.refusal:
            self._miss("sobject", self.refusal)
            return
        before = self.initial.get("sobject", "").lower() if self.instance.pk else ""
        is_old = before == data["sobject"].lower()
        try:
            row = object_of(org, data["sobject"], may_be_gone=is_old)
        except ValidationError as error:
            self.add_error("sobject", error)
            return
        if row is None:
            return
        data["sobject"] = row.name
        try:
            data["fields"] = spelled(row, data.get("fields") or [])
        except ValidationError as error:
            self.add_error("fields", error)
        if data.get("where"):
            try:
                check_filter(org, row, data["where"])
            except ValidationError as error:
                self.add_error("where", error)

    def full_clean(self) -> None:
        """Say where the plan is that an object has already."""
        super().full_clean()
        plan = self.instance
        if not self.is_bound or NON_FIELD_ERRORS not in self.errors or not plan.org_id:
            return
        same = SyncPlan.objects.filter(
            org=plan.org_id, kind=SyncPlan.Kind.OBJECT, sobject=plan.sobject
        )
        other = same.exclude(pk=plan.pk).first()
        for error in self.errors[NON_FIELD_ERRORS].as_data():
            if other is not None and error.message == TAKEN:
                error.message = where_it_is(other)
