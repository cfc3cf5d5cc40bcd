"""What every admin of the app offers to its pages: permissions, addresses, history."""

from __future__ import annotations

from typing import Any, Generic, cast

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse

from sfconnector import permissions
from sfconnector.admin.base.generic import M, ModelAdmin
from sfconnector.admin.base.log_entries import written


class Face(ModelAdmin[M], Generic[M]):
    """A ModelAdmin as its pages know it."""

    def log_addition(self, request: HttpRequest, obj: M, message: Any) -> LogEntry:
        """Write that a row was added."""
        return written(request, [obj], ADDITION, message)[0]

    def log_change(self, request: HttpRequest, obj: M, message: Any) -> LogEntry:
        """Write that a row was changed, or what was done with it."""
        return written(request, [obj], CHANGE, message)[0]

    def log_deletions(self, request: HttpRequest, queryset: Any) -> list[LogEntry]:
        """Write that rows were deleted."""
        return written(request, queryset, DELETION)

    def note(self, request: HttpRequest, row: Model, text: str) -> None:
        """Write what was done into the history of a row, also of another model."""
        self.log_change(request, cast("M", row), text)

    def url(self, verb: str, *arguments: object) -> str:
        """Return the URL of one of this model's pages on this admin site."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{verb}"
        return reverse(name, args=arguments, current_app=self.admin_site.name)

    def has_codename(self, request: HttpRequest, codename: str) -> bool:
        """Tell whether the person holds one of the app's own permissions."""
        return request.user.has_perm(permissions.full(codename))

    def has_connect_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person may connect and disconnect orgs."""
        return self.has_codename(request, permissions.CONNECT)

    def has_sync_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person may run, pause and cancel fetches."""
        return self.has_codename(request, permissions.SYNC)
