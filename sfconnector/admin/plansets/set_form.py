"""The forms of a set of plans, and of each object in it."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sfconnector.admin.base import UNUSABLE, ModelForm
from sfconnector.admin.cron.cron_input import CronInput
from sfconnector.admin.cron.cron_words import checked
from sfconnector.admin.picker import FieldPicker, NamesField, offers_of
from sfconnector.models import PlanSet, PlanSetObject, SObject, SyncPlan


class PlanSetForm(ModelForm[PlanSet]):
    """The name of a set, and its schedule."""

    class Meta:
        model = PlanSet
        fields = "__all__"
        error_messages = {"name": {"unique": UNUSABLE}}
        widgets = {
            "every_minutes": forms.NumberInput(
                attrs={"data-sf-when": "schedule=every", "min": "1"}
            ),
            "cron": CronInput(attrs={"data-sf-when": "schedule=cron"}),
        }

    def clean_cron(self) -> str:
        """Refuse cron text that never comes true."""
        return checked(self.cleaned_data["cron"])

    def clean(self) -> dict[str, Any]:
        """Ask for what the schedule needs."""
        super().clean()
        data = self.cleaned_data
        schedule = data.get("schedule")
        if schedule == SyncPlan.Schedule.EVERY and not data.get("every_minutes"):
            self.add_error("every_minutes", _("Say every how many minutes."))
        is_cron = schedule == SyncPlan.Schedule.CRON
        if is_cron and not data.get("cron") and "cron" not in self.errors:
            self.add_error("cron", _("Write the cron text."))
        return data


class PlanSetObjectForm(ModelForm[PlanSetObject]):
    """What a set reads of one object."""

    visible: Any = None
    """The orgs that the person may know of: one of them tells the fields."""

    class Meta:
        model = PlanSetObject
        fields = "__all__"
        widgets = {"where": forms.Textarea(attrs={"rows": 2, "cols": 60})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "fields" not in self.fields:
            return
        picker: Any = FieldPicker(
            all_label=gettext_lazy("Every readable field, also those to come"),
            text_label=gettext_lazy(
                "As text, also fields of parents such as Owner.Name"
            ),
        )
        picker.offers = offers_of(self._example())
        self.fields["fields"] = NamesField(
            label=gettext_lazy("Fields"), required=False, widget=picker
        )

    def _example(self) -> SObject | None:
        """Return the object of an org that has been described."""
        name = str(self["sobject"].value() or "").strip()
        if not name or self.visible is None:
            return None
        rows = SObject.objects.filter(org__in=self.visible, name__iexact=name)
        return rows.exclude(described_at=None).defer("describe").first()

    def clean_where(self) -> str:
        """Keep a filter to a condition."""
        where: str = self.cleaned_data["where"].strip()
        if re.match(r"where\b", where, re.IGNORECASE):
            message = _("Leave the word WHERE out; write the condition alone.")
            raise ValidationError(message)
        return where
