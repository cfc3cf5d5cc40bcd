"""The two kinds of admin that the app has: rows people change, rows they read."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, ClassVar, Generic

from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sfconnector import transactions
from sfconnector.admin.base.faces import Face
from sfconnector.admin.base.generic import M
from sfconnector.admin.base.large_lists import (
    CappedPaginator,
    LargeChangeList,
    newest,
)
from sfconnector.admin.base.page import Page, refuse_nul
from sfconnector.admin.base.places import on_site
from sfconnector.admin.base.visibility import visible_apps, visible_orgs
from sfconnector.models import ConnectedApp, Org

LOADED = "_sfconnector_loaded"
"""Attribute of a row: its columns as they were when a form began with it."""
SEALED = ("_enc", "_hash")
"""How the names of columns end that hold a ciphertext or a digest of a secret."""


class SFAdmin(Face[M], Generic[M]):
    """A ModelAdmin that shows only what belongs to orgs the person may know of."""

    org_path: ClassVar[str] = "org"
    """Look-up from the model to its org; empty when the model belongs to none."""
    pages: ClassVar[Sequence[type[Page[Any]]]] = ()
    empty_hint: ClassVar[Any] = ""
    """What the list says when it is empty: how rows come about."""
    empty_step: ClassVar[str] = "org_changelist"
    """Where an empty list leads to, once there is an org: a step of ``sf_empty``."""
    quick_orders: ClassVar[Sequence[str]] = ()
    """Columns that an index has in their order, besides the key."""
    window_note: ClassVar[Any] = gettext_lazy(
        "There are many: only the newest were searched, filtered and sorted. Choose an "
        "org to look at the newest of it."
    )
    """What the list says where it did not look at all rows."""
    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50  # drawing rows is most of what a page of a large list costs
    view_on_site = False  # what the rows link to is this page

    class Media:
        css = {
            "all": [
                "sfconnector/admin.css",
                "sfconnector/lists.css",
                "sfconnector/overview.css",
            ]
        }
        js = ["sfconnector/admin.js", "sfconnector/keys.js"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        """Return the rows of visible orgs: the only way to any object."""
        rows = super().get_queryset(request)
        if not self.org_path:
            return rows
        return rows.filter(**{f"{self.org_path}__in": visible_orgs(request)})

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the list whose pages cost no more when the table grows."""
        return LargeChangeList

    def window(self, rows: QuerySet[Any]) -> Q | None:
        """Return which of all rows, or of an org's, are looked at; None: all of them.

        That is where neither an index nor the usual order leads to the rows.
        """
        return newest(rows)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list; refuse a filter that no database could be asked."""
        refuse_nul(request, {})
        return super().changelist_view(request, extra_context)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> M | None:
        """Answer 404 for what is not there or not for this person, alike."""
        row = super().get_object(request, object_id, from_field)
        if row is None:
            raise Http404(_("There is nothing here, or it is not for you."))
        setattr(row, LOADED, copy.deepcopy(self._columns(row)))
        return row

    def save_model(self, request: HttpRequest, obj: M, form: Any, change: Any) -> None:
        """Write only what the form has changed of a row.

        What workers and other people wrote since the form read it stays: a status, a
        cursor, the wish to remove an org. And what was deleted meanwhile stays away.
        """
        before = getattr(obj, LOADED, None)
        if not change or before is None:
            super().save_model(request, obj, form, change)
            return
        if not self.get_queryset(request).filter(pk=obj.pk).exists():
            raise Http404(_("There is nothing here, or it is not for you."))
        now = self._columns(obj)
        names = {name for name, value in now.items() if value != before.get(name)}
        stamps = {
            one.attname for one in self._fields if getattr(one, "auto_now", False)
        }
        obj.save(update_fields=names | stamps)

    @property
    def _fields(self) -> Sequence[models.Field[Any, Any]]:
        return list(self.opts.concrete_fields)

    def _columns(self, row: M) -> dict[str, Any]:
        """Return the columns of a row that were read, by name."""
        names = [field.attname for field in self._fields]
        return {name: row.__dict__[name] for name in names if name in row.__dict__}

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse to filter by what is sealed or hashed: guesses would show it.

        So would a filter by rows that refer to this one: they may be of hidden orgs.
        """
        parts = lookup.split("__")
        if any(part.endswith(SEALED) for part in parts):
            return False
        if parts[0] in {one.name for one in self.opts.related_objects}:
            return False
        return super().lookup_allowed(lookup, value, request)

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Offer only visible orgs and apps, also to a hand-made POST."""
        if db_field.remote_field.model is Org:
            kwargs["queryset"] = visible_orgs(request)
        if db_field.remote_field.model is ConnectedApp:
            kwargs["queryset"] = visible_apps(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        """Put the model's own pages before Django's catch-all."""
        info = (self.opts.app_label, self.opts.model_name)
        own = [
            path(
                page.pattern(),
                self.admin_site.admin_view(page(self)),
                name="{}_{}_{}".format(*info, page.verb),
            )
            for page in self.pages
        ]
        found = [*own, *super().get_urls()]
        for pattern in found:
            # Django's own views open the transactions that they need by themselves.
            view = on_site(self.admin_site.name, pattern.callback)
            pattern.callback = transactions.none_around(view)
        return found

    def change_context(self, request: HttpRequest, obj: M | None) -> dict[str, Any]:
        """Return what the template of the change page needs besides the form."""
        return {}

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,  # noqa: FBT001, FBT002 - the signature is Django's
        change: bool = False,  # noqa: FBT001, FBT002 - likewise
        form_url: str = "",
        obj: M | None = None,
    ) -> HttpResponse:
        """Give the change page's template its context."""
        context.update(self.change_context(request, obj))
        return super().render_change_form(request, context, add, change, form_url, obj)


class ReadOnlyAdmin(SFAdmin[M], Generic[M]):
    """Rows that the app writes and people only read."""

    has_own_layout: ClassVar[bool] = False
    """The change page's template draws everything; Django's list of fields is empty."""

    def get_fieldsets(self, request: HttpRequest, obj: M | None = None) -> Any:
        """Return no fields where the template has a layout of its own."""
        return [] if self.has_own_layout else super().get_fieldsets(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: the app itself writes these rows."""
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: models.Model | None = None
    ) -> bool:
        """Refuse: these rows say what happened."""
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: models.Model | None = None
    ) -> bool:
        """Refuse: retention removes old rows, never a person."""
        return False
