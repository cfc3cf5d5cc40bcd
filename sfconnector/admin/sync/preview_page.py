"""What a plan would read and cost, before it is saved."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from sfconnector import explorer, permissions, sync
from sfconnector.admin.base import Page, row_key
from sfconnector.admin.cron.cron_words import tell
from sfconnector.admin.sync.plan_checks import REFUSAL, know_object
from sfconnector.audit import Actor
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import SyncPlan


class PreviewPage(Page[SyncPlan]):
    """Show the query, five rows and the forecast of a form that is not saved."""

    verb = "preview"
    route = "preview/"
    permission = permissions.SYNC
    template = "sfconnector/plan_preview.html"

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Check the form, ask the org, save nothing."""
        key = row_key(request.GET.get("plan"))
        plan = self.find(request, key) if key else None
        if not self._may_write(request, plan):
            raise Http404
        setattr(request, REFUSAL, know_object(request))
        form_class = self.admin.get_form(request, plan, change=plan is not None)
        form = form_class(request.POST, instance=plan)
        if not form.is_valid() and not _has_sound_fields(form):
            return self._show(request, form=form)
        wanted = form.instance
        try:
            seen = sync.preview(wanted, by=Actor.of(request))
        except SFConnectorError as error:
            return self._show(request, form=form, plan=wanted, refusal=error)
        return self._show(
            request,
            form=form,
            plan=wanted,
            preview=seen,
            told=tell(wanted.cron) if wanted.schedule == "cron" else None,
            table=explorer.lay_out(seen.rows) if seen.rows else None,
        )

    def _may_write(self, request: HttpRequest, plan: SyncPlan | None) -> bool:
        if plan is None:
            return self.admin.has_add_permission(request)
        return self.admin.has_change_permission(request, plan)

    def _show(self, request: HttpRequest, **context: Any) -> HttpResponse:
        return self.render(request, title=_("Preview of a plan"), **context)


def _has_sound_fields(form: BaseForm) -> bool:
    """Tell whether all fields are right: a second plan of an object can be seen."""
    return set(form.errors) == {NON_FIELD_ERRORS}
