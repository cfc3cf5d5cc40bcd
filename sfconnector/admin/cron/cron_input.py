"""The input of a cron text: presets to choose from, and what the text means."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch

from sfconnector.admin.base import Page
from sfconnector.admin.base.places import address_of
from sfconnector.admin.cron.cron_words import PRESETS, tell
from sfconnector.models import SyncPlan

LONGEST = 120


class CronInput(forms.TextInput):
    """A text of five parts; a preset that is chosen beside it takes its place."""

    template_name = "sfconnector/widgets/cron.html"

    class Media:
        css = {"all": ["sfconnector/plans.css"]}
        js = ["sfconnector/cron.js"]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Add the presets, and what the text that stands there means."""
        context = super().get_context(name, value, attrs)
        context["presets"] = PRESETS
        context["told"] = tell(str(value or "")[:LONGEST])
        try:
            context["ask"] = address_of("syncplan_cron")
        except NoReverseMatch:  # a site whose admin has another name
            context["ask"] = ""
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the preset when one was chosen, else what was typed."""
        return data.get(f"{name}_preset") or super().value_from_datadict(
            data, files, name
        )


class CronPage(Page[SyncPlan]):
    """Say what a cron text means while it is typed."""

    verb = "cron"
    route = "cron/"
    methods = ("GET",)
    template = "sfconnector/parts/cron_told.html"

    def is_allowed(self, request: HttpRequest) -> bool:
        """Answer also those who may only add plans."""
        may_add = request.user.has_perm("sfconnector.add_syncplan")
        return may_add or super().is_allowed(request)

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Answer with a piece of the form; nothing is looked up anywhere."""
        told = tell(request.GET.get("text", "")[:LONGEST])
        return TemplateResponse(request, self.template, {"told": told})
