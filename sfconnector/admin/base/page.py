"""One page of a model besides Django's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from sfconnector.admin.base.faces import Face
from sfconnector.admin.base.generic import M
from sfconnector.exceptions import SFConnectorError
from sfconnector.wording import words_of


def tell(request: HttpRequest, error: SFConnectorError) -> None:
    """Show an error and what to do about it as a message."""
    messages.error(request, words_of(error))


def refuse_nul(request: HttpRequest, arguments: Mapping[str, Any]) -> None:
    """Raise what Django answers with 404 or 400 where there is a NUL.

    PostgreSQL keeps none in a text and raises ValueError; no name of anything has one.
    """
    if any("\x00" in str(one) for one in arguments.values()):
        raise Http404
    for given in (request.GET, request.POST):
        if any("\x00" in one for name in given for one in (name, *given.getlist(name))):
            message = "A parameter holds a NUL."
            raise BadRequest(message)


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

    def __init__(self, model_admin: Face[M]) -> None:
        self.admin = model_admin

    def __call__(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        if request.method not in (*self.methods, *self._head()):
            return HttpResponseNotAllowed(self.methods)
        if not self.is_allowed(request):
            raise PermissionDenied
        refuse_nul(request, arguments)
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
