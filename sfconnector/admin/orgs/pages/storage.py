"""Storage and retention: how much is kept of which org, and when the rest goes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sfconnector import conf, explorer, permissions, retention
from sfconnector.admin.base import Page, sees_every_org, visible_orgs
from sfconnector.models import Org

PER_PAGE = 20
"""Orgs of a page, each with its largest objects."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One kind of rows as the page draws it."""

    name: str
    kept: str
    setting: str
    """Key of ``settings.SFCONNECTOR`` that decides it; "" when none does."""
    is_hourly: bool
    """The hourly housekeeping prunes it."""
    table: Any


class StoragePage(Page[Org]):
    """Show counts, sizes and retention; it changes nothing."""

    verb = "storage"
    route = "storage/"
    methods = ("GET",)
    permission = permissions.SYNC
    template = "sfconnector/storage.html"

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Show the page."""
        orgs = visible_orgs(request)
        page = Paginator(orgs, PER_PAGE).get_page(request.GET.get("p"))
        found = retention.measure_storage(
            orgs, shares_of=list(page), is_whole=sees_every_org(request)
        )
        return self.render(
            request,
            title=_("Storage and retention"),
            found=found,
            page=page,
            lines=list(_lines(found)),
            can_browse=self.admin.has_codename(request, permissions.VIEW_RECORDS),
            can_purge=self.admin.has_connect_permission(request)
            and request.user.has_perm("sfconnector.delete_org"),
        )


def _lines(found: retention.Storage) -> Iterable[Line]:
    """Say of each kind how long it is kept, by the settings as they are now."""
    texts = _texts()
    never = {"records", "answers"}
    if not conf.current().audit_kept_days:
        never.add("audit")
    for table in found.tables:
        name, kept, setting = texts[table.kind]
        yield Line(
            name=name,
            kept=kept,
            setting=setting,
            is_hourly=table.kind not in never,
            table=table,
        )


def _texts() -> dict[str, tuple[str, str, str]]:
    """Give the name of each kind, how long it is kept, and the setting that says so."""
    now = conf.current()
    return {
        "records": (_("Cached records"), _("until their org is purged or deleted"), ""),
        "history": (
            _("History of records"),
            _("for as many days as each plan says"),
            "",
        ),
        "answers": (
            _("Cached answers"),
            ngettext(
                "the last %(count)d of each plan",
                "the last %(count)d of each plan",
                now.cached_answers_kept,
            )
            % {"count": now.cached_answers_kept},
            "CACHED_ANSWERS_KEPT",
        ),
        "runs": (_("Runs"), _days(now.runs_kept_days), "RUNS_KEPT_DAYS"),
        "rounds": (_("Rounds"), _days(now.calls_kept_days), "CALLS_KEPT_DAYS"),
        "calls": (_("API call lines"), _days(now.calls_kept_days), "CALLS_KEPT_DAYS"),
        "flows": (_("Log-ins"), _days(now.flows_kept_days), "FLOWS_KEPT_DAYS"),
        "explorer": (
            _("Calls of the explorer"),
            _("%(days)s, at most %(count)d for each person; those kept by name stay")
            % {"days": _days(now.explorer_kept_days), "count": explorer.HISTORY},
            "EXPLORER_KEPT_DAYS",
        ),
        "audit": (
            _("Audit trail"),
            _days(now.audit_kept_days) if now.audit_kept_days else _("for good"),
            "AUDIT_KEPT_DAYS",
        ),
    }


def _days(count: int) -> str:
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}
