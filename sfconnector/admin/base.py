"""What every admin of the app shares: visibility of orgs, permissions, own pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from sfconnector import permissions
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org

__all__ = [
    "ModelAdmin",
    "ModelForm",
    "OrgFilter",
    "Page",
    "ReadOnlyAdmin",
    "SFAdmin",
    "client_address",
    "tell",
    "visible_orgs",
]

M = TypeVar("M", bound=Model)

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser
    from django.forms import ModelForm

    User = AbstractBaseUser | AnonymousUser
else:

    class ModelAdmin(admin.ModelAdmin):
        """Django's own, which takes its model in brackets only in the stubs."""

        def __class_getitem__(cls, model: object) -> type:
            return cls

    class ModelForm(forms.ModelForm):
        """Django's own, likewise."""

        def __class_getitem__(cls, model: object) -> type:
            return cls


def tell(request: HttpRequest, error: SFConnectorError) -> None:
    """Show an error and what to do about it as a message."""
    messages.error(request, f"{error} {error.remedy}")


def visible_orgs(request: HttpRequest) -> QuerySet[Org]:
    """Return the orgs that the person may know of, without those being deleted."""
    return Org.objects.present().visible_to(request.user)


def client_address(request: HttpRequest) -> str | None:
    """Return the address that the request came from, as the server saw it."""
    return request.META.get("REMOTE_ADDR") or None


class OrgFilter(admin.RelatedFieldListFilter):
    """A filter by org that names only the orgs that the person may know of."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        """Return key and name of each visible org."""
        return [(str(org.pk), str(org)) for org in visible_orgs(request)]


class Page(Generic[M]):
    """One page of a model besides Django's own: its URL, its guard, its answer.

    Django's ``admin_view`` has let in staff only, checked the CSRF token and switched
    caching off before a page is called. A page adds the method, the permission and
    the look-up through ``get_queryset``, which hides what the person may not see.
    """

    verb: ClassVar[str]
    """Last part of the URL and of its name ``<app>_<model>_<verb>``."""
    route: ClassVar[str] = "<int:pk>/{verb}/"
    methods: ClassVar[Sequence[str]] = ("POST",)
    permission: ClassVar[str] = ""
    """Codename that the page needs besides the right to view the model."""
    template: ClassVar[str] = ""

    def __init__(self, model_admin: SFAdmin[M]) -> None:
        self.admin = model_admin

    def __call__(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        if request.method not in (*self.methods, *self._head()):
            return HttpResponseNotAllowed(self.methods)
        if not self.is_allowed(request):
            raise PermissionDenied
        request.current_app = self.admin.admin_site.name
        return self.answer(request, **arguments)

    def _head(self) -> Sequence[str]:
        return ("HEAD",) if "GET" in self.methods else ()

    def is_allowed(self, request: HttpRequest) -> bool:
        """Tell whether the person may see the model and use this page."""
        if not self.admin.has_view_permission(request):
            return False
        if not self.permission:
            return True
        return self.admin.has_codename(request, self.permission)

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Do the page's work and answer."""
        raise NotImplementedError

    def find(self, request: HttpRequest, pk: int) -> M:
        """Return the row, or raise 404 when it is not there or not for this person."""
        row = self.admin.get_queryset(request).filter(pk=pk).first()
        if row is None:
            message = _("There is nothing here, or it is not for you.")
            raise Http404(message)
        return row

    def render(
        self, request: HttpRequest, *, title: str, **context: Any
    ) -> TemplateResponse:
        """Render the page's template inside the admin's frame."""
        return TemplateResponse(
            request,
            self.template,
            {
                **self.admin.admin_site.each_context(request),
                "opts": self.admin.opts,
                "media": self.admin.media,
                "title": title,
                **context,
            },
        )

    @classmethod
    def pattern(cls) -> str:
        """Return the route with the verb filled in."""
        return cls.route.format(verb=cls.verb.replace("_", "-"))


class SFAdmin(ModelAdmin[M], Generic[M]):
    """A ModelAdmin that shows only what belongs to orgs the person may know of."""

    org_path: ClassVar[str] = "org"
    """Look-up from the model to its org; empty when the model belongs to none."""
    pages: ClassVar[Sequence[type[Page[Any]]]] = ()
    empty_hint: ClassVar[Any] = ""
    """What the list says when it is empty: how rows come about."""
    show_full_result_count = False

    class Media:
        css = {"all": ["sfconnector/admin.css"]}
        js = ["sfconnector/admin.js"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        """Return the rows of visible orgs: the only way to any object."""
        rows = super().get_queryset(request)
        if not self.org_path:
            return rows
        return rows.filter(**{f"{self.org_path}__in": visible_orgs(request)})

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> M | None:
        """Answer 404 for what is not there or not for this person, alike."""
        row = super().get_object(request, object_id, from_field)
        if row is None:
            raise Http404(_("There is nothing here, or it is not for you."))
        return row

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Offer only visible orgs, also to a hand-made POST."""
        if db_field.remote_field.model is Org:
            kwargs["queryset"] = visible_orgs(request)
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
        return [*own, *super().get_urls()]

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
