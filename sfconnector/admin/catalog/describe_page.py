"""Read the fields of one object again."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sfconnector import catalog, permissions
from sfconnector.admin.base import Deed, Done, done
from sfconnector.audit import Actor
from sfconnector.models import SObject


class DescribePage(Deed[SObject]):
    """One describe, stored."""

    verb = "describe"
    permission = permissions.SYNC

    def do(self, request: HttpRequest, row: SObject, *, by: Actor) -> Done:
        """Describe and show the object."""
        fresh = catalog.describe(row.org, sobject=row.name, by=by, force=True)
        count = fresh.sfields.count()
        text = ngettext(
            "%(name)s has %(count)d field.", "%(name)s has %(count)d fields.", count
        )
        told = text % {"name": row.name, "count": count}
        return done(told, noted=_("Read the fields."))
