"""The app's own reactions to its signals."""

from __future__ import annotations

import logging
from typing import Any

from django.apps import apps
from django.contrib.auth.signals import user_logged_in
from django.db import DatabaseError, transaction
from django.db.models import ProtectedError
from django.db.models.signals import (
    m2m_changed,
    post_delete,
    post_migrate,
    pre_delete,
    pre_migrate,
    pre_save,
)

from sfconnector import audit, signals, transactions
from sfconnector.models import (
    ConnectedApp,
    Credential,
    ObjectView,
    Org,
    Record,
    SyncPlan,
)
from sfconnector.permissions import APP_LABEL

logger = logging.getLogger(__name__)

KEPT_BACK = "Salesforce orgs whose group was deleted"
"""Name of a group without members: only superusers see the orgs it is given."""
SHARED: tuple[type[Org | ConnectedApp], ...] = (Org, ConnectedApp)
"""Models whose rows name the groups that may see them."""
STANDING = ("is_active", "is_staff", "is_superuser")
"""Fields of a user that open or close everything at once."""


def connect() -> None:
    """Connect the receivers (called once by ``AppConfig.ready``)."""
    signals.run_queued.connect(
        _ring_the_doorbell, dispatch_uid="sfconnector.ring", weak=False
    )
    signals.org_connected.connect(
        _get_to_know, dispatch_uid="sfconnector.new_org", weak=False
    )
    signals.schema_changed.connect(
        _follow_drift, dispatch_uid="sfconnector.drift", weak=False
    )
    _keep_views()
    pre_delete.connect(
        _hold_runs, sender=SyncPlan, dispatch_uid="sfconnector.plan", weak=False
    )
    post_delete.connect(
        _empty_store, sender=Credential, dispatch_uid="sfconnector.store", weak=False
    )
    post_delete.connect(
        _keep_away, sender=SyncPlan, dispatch_uid="sfconnector.declined", weak=False
    )
    pre_delete.connect(
        _keep_with_records, sender=Org, dispatch_uid="sfconnector.org", weak=False
    )
    user_logged_in.connect(_plant_nonce, dispatch_uid="sfconnector.nonce", weak=False)
    _watch_people()
    for kind, through in _grants():
        m2m_changed.connect(
            _note_permissions,
            sender=through,
            dispatch_uid=f"sfconnector.audit.{kind}",
            weak=False,
        )


def _keep_views() -> None:
    """Keep the typed views in step with masks, and out of our migrations' way."""
    signals.masks_changed.connect(
        _mask_views, dispatch_uid="sfconnector.typed.masks", weak=False
    )
    ours = apps.get_app_config(APP_LABEL)
    pre_migrate.connect(
        _clear_the_way, sender=ours, dispatch_uid="sfconnector.typed.pre", weak=False
    )
    post_migrate.connect(
        _put_views_back, sender=ours, dispatch_uid="sfconnector.typed.post", weak=False
    )


def _mask_views(*, sobject: str, **_: Any) -> None:
    """Show what was masked a moment ago in no view any more."""
    from sfconnector import typed

    if transactions.connection().features.can_rollback_ddl:
        typed.remake(sobject)
    else:  # a view that is made would commit what the caller may yet take back
        transactions.on_commit(lambda: typed.remake(sobject))


def _clear_the_way(**told: Any) -> None:
    """Drop the typed views: no column that a view shows can be changed."""
    from sfconnector import typed

    if _have_views_to_go(**told):
        typed.take_down(ObjectView.objects.all())


def _put_views_back(**told: Any) -> None:
    """Make the typed views again once the tables are as they should be."""
    from sfconnector import typed

    if _have_views_to_go(**told):
        typed.put_back()


def _have_views_to_go(*, using: str, plan: Any = (), **_: Any) -> bool:
    """Tell whether our tables are about to change, and whether views look at them."""
    is_ours = any(migration.app_label == APP_LABEL for migration, _back in plan or ())
    if not is_ours or using != transactions.alias():
        return False
    tables = transactions.connection().introspection.table_names()
    return ObjectView._meta.db_table in tables and ObjectView.objects.exists()  # noqa: SLF001 - documented by Django


def _plant_nonce(*, request: Any, **_: Any) -> None:
    """Give each browser session the value that ties OAuth flows to it."""
    from sfconnector import orgs

    if request is not None:
        orgs.nonce_of(request.session)


def _watch_people() -> None:
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group

    for signal, receiver, sender in (
        (pre_delete, _note_group, Group),
        (post_delete, _keep_back, Group),
        (pre_save, _note_standing, get_user_model()),
    ):
        signal.connect(
            receiver,
            sender=sender,
            dispatch_uid=f"sfconnector.{receiver.__name__}",
            weak=False,
        )


def _grants() -> list[tuple[str, Any]]:
    """Name the tables by which people get permissions; a host may have its own user."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group

    user: Any = get_user_model()
    names = [one for one in ("groups", "user_permissions") if hasattr(user, one)]
    own = [(name, getattr(user, name).through) for name in names]
    return [("group", Group.permissions.through), *own]


def _note_permissions(*, instance: Any, action: str, **told: Any) -> None:
    """Write down that somebody gained or lost permissions of this app.

    Who did it is known with our middleware; without it Django's own history says so.
    """
    words = {"post_add": "granted", "pre_remove": "taken", "pre_clear": "taken"}
    if action not in words:
        return
    try:
        with transactions.atomic():
            codenames = _ours(instance, **told)
            if codenames:
                detail = {
                    "of": f"{type(instance).__name__.lower()} {instance}",
                    "change": words[action],
                    "permissions": codenames,
                }
                audit.append("access.changed", by=audit.actor(), detail=detail)
    except DatabaseError:  # a host's migration may run before our tables are there
        logger.warning("A change of permissions was not written down.")


def _ours(
    instance: Any, *, model: Any, pk_set: Any, reverse: bool, **_: Any
) -> list[str]:
    """Name the permissions of this app that a change of grants is about."""
    from django.contrib.auth.models import Group, Permission

    if reverse:
        chosen = {"pk" if isinstance(instance, Permission) else "group": instance.pk}
    elif pk_set is not None:
        chosen = {("pk" if model is Permission else "group") + "__in": pk_set}
    elif model is Permission:
        chosen = {"group" if isinstance(instance, Group) else "user": instance}
    else:
        chosen = {"group__user": instance}
    rows = Permission.objects.filter(content_type__app_label=APP_LABEL, **chosen)
    return sorted(set(rows.values_list("codename", flat=True)))


def _note_standing(
    *, instance: Any, using: str, raw: bool, update_fields: Any, **_: Any
) -> None:
    """Write down that a person was let in, shut out, or made or unmade a superuser."""
    names = [one for one in STANDING if hasattr(instance, one)]
    is_silent = update_fields is not None and not {*names} & {*update_fields}
    if raw or is_silent or not names or instance.pk is None:
        return
    try:
        with transaction.atomic(using=using):
            people = type(instance)._default_manager  # noqa: SLF001 - documented by Django
            rows = people.using(using)
            before = rows.filter(pk=instance.pk).values(*names).first() or {}
            now = {name: getattr(instance, name) for name in before}
            now = {name: now[name] for name in now if now[name] != before[name]}
            if now:
                detail = {"of": f"user {instance}", "now": now}
                audit.append("access.changed", by=audit.actor(), detail=detail)
    except DatabaseError:  # a host's migration may run before our tables are there
        logger.warning("A change of a person's standing was not written down.")


def _note_group(*, instance: Any, using: str, **_: Any) -> None:
    """Before a group is deleted, remember its orgs and write down what it gave."""
    instance.salesforce_row_ids = {}
    try:
        with transaction.atomic(using=using):
            for model in SHARED:
                rows = model.objects.using(using).filter(visible_to=instance)
                ids = list(rows.values_list("pk", flat=True))
                instance.salesforce_row_ids[model] = ids
    except DatabaseError:  # a host's migration may run before our tables are there
        return
    _note_permissions(
        instance=instance,
        action="pre_clear",
        model=instance.permissions.model,
        pk_set=None,
        reverse=False,
    )


def _keep_back(*, instance: Any, using: str, **_: Any) -> None:
    """Give orgs and apps whose last group is gone to a group without members.

    No group at all would mean that everyone may see them, and to delete a group never
    asks for that. A deletion is one transaction, so nobody sees the time between.
    """
    groups = type(instance).objects.using(using)
    for model, ids in getattr(instance, "salesforce_row_ids", {}).items():
        rows = model.objects.using(using)
        for row in rows.filter(pk__in=ids, visible_to=None):
            row.visible_to.add(groups.get_or_create(name=KEPT_BACK)[0])
            _note_kept_back(row)


def _note_kept_back(row: Org | ConnectedApp) -> None:
    detail: dict[str, Any] = {
        "changed": ["visible_to"],
        "name": str(row),
        "visible_to": [KEPT_BACK],
    }
    if isinstance(row, Org):
        audit.append("org.changed", org=row, by=audit.actor(), detail=detail)
    else:
        detail["app"] = row.pk
        audit.append("app.changed", by=audit.actor(), detail=detail)


def _empty_store(*, instance: Credential, **_: Any) -> None:
    """Have the host's store forget the tokens of a row that is gone."""
    from sfconnector import tokens

    transactions.on_commit(lambda: tokens.discard(instance))


def _hold_runs(*, instance: SyncPlan, using: str, **_: Any) -> None:
    """Lock a plan's runs before anything of theirs is deleted.

    Workers lock a run before its children as well, so nobody waits in a circle; and
    nothing new can refer to a run between the deletion of its children and its own.
    """
    runs = instance.runs.using(using).select_for_update().order_by("pk")
    list(runs.values_list("pk", flat=True))


def _keep_away(*, instance: SyncPlan, **_: Any) -> None:
    """Let the next tick not make a plan of a task that was just deleted."""
    from sfconnector import sync

    transactions.on_commit(lambda: sync.note_deleted(instance))


def _keep_with_records(*, instance: Org, using: str, **_: Any) -> None:
    """Refuse to delete an org that has records: no constraint holds them to it.

    Raises ProtectedError.
    """
    some = Record.objects.using(using).filter(org=instance)[:1]
    if some:
        raise ProtectedError(
            f"{instance} still has cached records. "
            "Call sfconnector.retention.request_removal(org); a worker deletes both.",
            set(some),
        )


def _follow_drift(*, org: Any, sobject: str, changes: Any, **_: Any) -> None:
    """Let the object's plan do what its policy says."""
    from sfconnector import sync

    sync.note_drift(org, sobject=sobject, changes=changes)


def _get_to_know(*, org: Org, **_: Any) -> None:
    """Have a worker read the objects and limits of an org that nobody has looked at."""
    from sfconnector import tasks

    if org.catalog_at is None:
        transactions.on_commit(lambda: tasks.ring_new_org(org.pk))


def _ring_the_doorbell(*, run_id: int, **_: Any) -> None:
    """Tell a worker that a run waits; without a broker the tick does it later."""
    from sfconnector import tasks

    tasks.ring(run_id)
