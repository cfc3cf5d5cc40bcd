"""Which orgs a user may see, as a callable of the host says: its tenants."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django.utils.module_loading import import_string

from sfconnector import conf

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

logger = logging.getLogger(__name__)
Rows = TypeVar("Rows", bound="models.QuerySet[Any]")


def narrowed(rows: Rows, user: AbstractBaseUser | AnonymousUser) -> Rows:
    """Keep the orgs that the host's ``VISIBLE_ORGS`` gives a user as well.

    It is called with the user and all orgs, and returns some of them as a queryset. It
    only takes away. Where it raises, or returns something else, nobody sees anything:
    rather a page without orgs than one with those of another tenant.
    """
    given = conf.current().visible_orgs
    if not given:
        return rows
    try:
        call = import_string(given) if isinstance(given, str) else given
        theirs = call(user, rows.model.objects.all())
        if not isinstance(theirs, models.QuerySet) or theirs.model is not rows.model:
            raise TypeError(type(theirs).__name__)
        kept = rows.filter(pk__in=theirs.order_by().values("pk"))
        if theirs.query.combinator:  # a union cannot be asked within another query
            raise TypeError(theirs.query.combinator)
    except Exception:  # whatever a host's code may raise
        logger.exception("VISIBLE_ORGS failed; no org is shown.")
        return rows.none()
    return kept
