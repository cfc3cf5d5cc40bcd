"""Takes the app's traces out of a project's database, for whoever wants it gone."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.apps import apps
from django.db import models, router
from django.db.migrations.recorder import MigrationRecorder

from sfconnector import transactions, typed
from sfconnector.exceptions import ConfigurationError
from sfconnector.models import Org
from sfconnector.permissions import APP_LABEL
from sfconnector.texts import gettext_noop as _

Model = type[models.Model]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Uninstalled:
    """What was taken out."""

    tables: int
    permissions: int
    content_types: int
    beat_entries: int
    """Rows of django-celery-beat, where the project has it."""


def uninstall(*, leave_grants: bool = False) -> Uninstalled:
    """Drop the app's tables; delete its permissions, content types and beat entries.

    Stop the workers first. Raises ConfigurationError, with nothing done, while orgs are
    connected and their grants are not to be left at Salesforce, and while models of the
    project refer to ours.
    """
    _refuse_referred()
    if not leave_grants:
        _refuse_connected()
    typed.drop()
    tables = _drop_tables()
    typed.forget_functions()
    content_types = apps.get_model("contenttypes", "ContentType")
    permissions = apps.get_model("auth", "Permission")
    return Uninstalled(
        tables=tables,
        permissions=_delete(permissions, content_type__app_label=APP_LABEL),
        content_types=_delete(content_types, app_label=APP_LABEL),
        beat_entries=_delete_beat_entries(),
    )


def _refuse_referred() -> None:
    referring = {other for model in _models() for other in _referring_to(model)}
    metas = [model._meta for model in referring]  # noqa: SLF001 - documented by Django
    theirs = sorted(meta.label for meta in metas if meta.app_label != APP_LABEL)
    if theirs:
        raise ConfigurationError(
            _("Models of this project refer to Salesforce rows: {names}.").format(
                names=", ".join(theirs)
            ),
            remedy=_("Remove those fields by a migration first."),
        )


def _refuse_connected() -> None:
    names = list(Org.objects.connected().values_list("alias", flat=True))
    if names:
        raise ConfigurationError(
            _("Still connected: {names}. Salesforce would keep the grants.").format(
                names=", ".join(names)
            ),
            remedy=_("Disconnect them in the admin first, or leave the grants."),
        )


def _models() -> list[Model]:
    return list(apps.get_app_config(APP_LABEL).get_models())


def _drop_tables() -> int:
    """Drop the tables, what refers to others before what is referred to."""
    left = _models()
    count = len(left)
    with transactions.connection().schema_editor() as editor:
        while left:
            free = [one for one in left if not _referring_to(one) & set(left)] or left
            for model in free:
                editor.delete_model(model)
            left = [one for one in left if one not in free]
    recorder = MigrationRecorder(transactions.connection())
    recorder.migration_qs.filter(app=APP_LABEL).delete()
    return count


def _referring_to(model: Model) -> set[Any]:
    """Return the other models with a foreign key to a model."""
    fields = model._meta.get_fields(include_hidden=True)  # noqa: SLF001 - documented by Django
    relations = [one for one in fields if isinstance(one, models.ForeignObjectRel)]
    return {one.related_model for one in relations} - {model}


def _delete(model: Any, **which: Any) -> int:
    """Delete rows; return how many of this model."""
    rows = model._base_manager.using(router.db_for_write(model)).filter(**which)  # noqa: SLF001 - documented by Django
    return int(rows.delete()[1].get(model._meta.label, 0))  # noqa: SLF001 - likewise


def _delete_beat_entries() -> int:
    if not apps.is_installed("django_celery_beat"):
        return 0
    entries = apps.get_app_config("django_celery_beat").get_model("PeriodicTask")
    return _delete(entries, task__startswith=f"{APP_LABEL}.")
