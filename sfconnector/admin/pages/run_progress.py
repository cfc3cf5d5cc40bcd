"""A run while it works: its figures as JSON, and the button that cancels it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import formats
from django.utils.translation import gettext as _

from sfconnector import permissions, sync
from sfconnector.admin.base import Page, client_address, tell
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import SyncRun

COUNTS = (
    "fetched",
    "created",
    "updated",
    "deleted",
    "unchanged",
    "out_of_filter",
    "api_calls",
)


def figures(run: SyncRun) -> dict[str, str]:
    """Return the run's figures as people read them, by the names the page uses."""
    values = {name: _number(getattr(run, name)) for name in COUNTS}
    values["rate"] = values["left"] = "–"
    seconds = run.seconds
    if seconds:
        values["seconds"] = _span(seconds)
        values["rate"] = _number(round(run.fetched / seconds))
    if run.is_active and seconds and run.expected and run.fetched:
        left = max(0, run.expected - run.fetched) * seconds / run.fetched
        values["left"] = _span(left)
    values["phase"] = run.phase
    return values


def _number(value: int) -> str:
    return str(formats.number_format(value, use_l10n=True, force_grouping=True))


def _span(seconds: float) -> str:
    """Write a span of time: 3.2 s, 4 min 10 s, 2 h 5 min."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


class ProgressPage(Page[SyncRun]):
    """The figures that the run page asks for every two seconds."""

    verb = "progress"
    methods = ("GET",)

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Answer with state, figures and progress."""
        run = self.find(request, arguments["pk"])
        return JsonResponse(
            {
                "state": run.state,
                "active": run.is_active,
                "expected": run.expected or 0,
                "done": min(run.fetched, run.expected or 0),
                "values": figures(run),
            }
        )


class CancelPage(Page[SyncRun]):
    """Ask a run to stop."""

    verb = "cancel"
    permission = permissions.SYNC

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Cancel and go back to the run."""
        run = self.find(request, arguments["pk"])
        try:
            sync.cancel(run, user=request.user, client_address=client_address(request))
        except SFConnectorError as error:
            tell(request, error)
        else:
            self.admin.log_change(request, run, _("Asked to cancel."))
            messages.info(
                request,
                _(
                    "The run stops after the batch that it is writing; what it has "
                    "written stays."
                ),
            )
        return HttpResponseRedirect(self.admin.url("change", run.pk))
