"""The page for what failed: one for a fault, another for a database that is away."""

from __future__ import annotations

import sqlite3
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error as fault

RETRY_AFTER_S = 5
"""A database that restarts answers again after about as long."""


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 with ``Retry-After`` while the database does not serve, else 500.

    A proxy tries another process, and people know that waiting helps. Neither page
    asks the database for anything.
    """
    if not is_database_away(sys.exc_info()[1]):
        return fault(request)
    return HttpResponse(
        render_to_string("503.html"),
        status=503,
        headers={"Retry-After": str(RETRY_AFTER_S), "Cache-Control": "no-store"},
    )


def is_database_away(error: BaseException | None) -> bool:
    """Tell whether an error comes in the end of a database that did not serve."""
    while error is not None:
        if isinstance(error, OperationalError | InterfaceError):
            # SQLite's general code means wrong SQL, such as a table that is missing.
            code = getattr(error.__cause__, "sqlite_errorcode", None)
            return code != sqlite3.SQLITE_ERROR
        error = error.__cause__ or error.__context__
    return False
