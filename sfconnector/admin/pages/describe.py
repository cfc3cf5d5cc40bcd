"""Read the fields of one object again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sfconnector import catalog, permissions
from sfconnector.admin.base import Page, tell
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import SObject


class DescribePage(Page[SObject]):
    """One describe, stored."""

    verb = "describe"
    permission = permissions.SYNC

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Describe and show the object."""
        row = self.find(request, arguments["pk"])
        try:
            fresh = catalog.describe(row.org, sobject=row.name, user=request.user)
        except SFConnectorError as error:
            tell(request, error)
        else:
            self.admin.log_change(request, row, _("Read the fields."))
            count = fresh.sfields.count()
            text = ngettext(
                "%(name)s has %(count)d field.", "%(name)s has %(count)d fields.", count
            )
            messages.success(request, text % {"name": row.name, "count": count})
        return HttpResponseRedirect(self.admin.url("change", row.pk))
