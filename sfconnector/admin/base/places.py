"""Where admin pages are, for forms and widgets: they are given no request."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any

from django.urls import reverse

_SITE: ContextVar[str | None] = ContextVar("sfconnector_admin_site", default=None)


def on_site(name: str, view: Callable[..., Any]) -> Callable[..., Any]:
    """Return a view whose page, forms included, leads on within this admin site.

    Nothing is set back at its end: the page is drawn after that, and the next view of
    the thread sets its own.
    """

    @wraps(view)
    def shown(*args: Any, **kwargs: Any) -> Any:
        _SITE.set(name)
        return view(*args, **kwargs)

    return shown


def address_of(page: str, *args: Any) -> str:
    """Return the URL of one of the app's pages, such as ``org_change``.

    On the admin site that is asked at the time. Raises NoReverseMatch where no admin
    site has the page.
    """
    return reverse(f"admin:sfconnector_{page}", args=args, current_app=_SITE.get())
