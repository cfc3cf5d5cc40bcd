"""Lists of records that a person keeps by name: of one object of one org."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from sfconnector.exceptions import InvalidRequest
from sfconnector.models import SavedView, SObject
from sfconnector.texts import gettext_noop as _

LONGEST_NAME = 120
LONGEST_QUERY = 4_000
MOST_VIEWS = 50
"""Views that a person keeps of one object of an org."""


def views_of(sobject: SObject, *, user: Any) -> QuerySet[SavedView]:
    """Return the views that a person keeps of an object, by name.

    Whoever asks has found the object among those that the person may see.
    """
    mine = SavedView.objects.filter(user=user.pk, org=sobject.org_id)
    return mine.filter(sobject=sobject.name)


def keep_view(sobject: SObject, *, user: Any, name: str, query: str) -> SavedView:
    """Keep a list by name; one of the same name is replaced.

    Raises InvalidRequest without a name, and for more than can be kept.
    """
    name = " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise InvalidRequest(
            _("A view needs a name."), remedy=_("Give one that you will know again.")
        )
    mine = views_of(sobject, user=user)
    is_one_more = not mine.filter(name=name).exists()
    if len(query) > LONGEST_QUERY or (is_one_more and mine.count() >= MOST_VIEWS):
        raise InvalidRequest(
            _("This view is too long, or one too many, to be kept."),
            remedy=_("Delete views that you no longer use, or choose fewer columns."),
        )
    view, _made = SavedView.objects.update_or_create(
        user_id=user.pk,
        org_id=sobject.org_id,
        sobject=sobject.name,
        name=name,
        defaults={"query": query},
    )
    return view


def forget_view(sobject: SObject, *, user: Any, pk: int) -> int:
    """Delete one of a person's own views; return how many went."""
    return views_of(sobject, user=user).filter(pk=pk).delete()[0]
