"""Writes Django's history of rows, without their names.

Django shows that history elsewhere as well: among what a person did last, and to
whoever deletes that person. Neither asks who may see the row by then, so a line calls
it by its number. The page of the row itself shows what was done: all that it needs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.db.models import Model
from django.http import HttpRequest


def written(
    request: HttpRequest, rows: Iterable[Model], flag: int, message: Any = ""
) -> list[LogEntry]:
    """Write a line for each row; a message may be Django's own list of what changed."""
    user: Any = request.user
    text = json.dumps(message) if isinstance(message, list) else message
    return LogEntry.objects.bulk_create(
        LogEntry(
            user_id=user.pk,
            content_type=get_content_type_for_model(row),
            object_id=row.pk,
            object_repr=f"{row._meta.verbose_name} {row.pk}"[:200],  # noqa: SLF001 - documented by Django
            action_flag=flag,
            change_message=text,
        )
        for row in rows
    )
