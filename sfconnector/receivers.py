"""The app's own reactions to its signals."""

from __future__ import annotations

import logging
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import ProtectedError
from django.db.models.signals import m2m_changed, post_delete, pre_delete, pre_save

from sfconnector import audit, signals
from sfconnector.models import Org, Record, SyncPlan
from sfconnector.permissions import APP_LABEL

logger = logging.getLogger(__name__)

KEPT_BACK = "Salesforce orgs whose group was deleted"
"""Name of a group without members: only superusers see the orgs it is given."""
STANDING = ("is_active", "is_staff", "is_superuser")
"""Fields of a user that open or close everything at once."""


def connect() -> None:
    """Connect the receivers (called once by ``AppConfig.ready``)."""
    signals.run_queued.connect(
        _ring_the_doorbell, dispatch_uid="sfconnector.ring", weak=False
    )
    signals.schema_changed.connect(
        _follow_drift, dispatch_uid="sfconnector.drift", weak=False
    )
    pre_delete.connect(
        _hold_runs, sender=SyncPlan, dispatch_uid="sfconnector.plan", weak=False
    )
    pre_delete.connect(
        _keep_with_records, sender=Org, dispatch_uid="sfconnector.org", weak=False
    )
    _watch_people()
    for kind, through in _grants():
        m2m_changed.connect(
            _note_permissions,
            sender=through,
            dispatch_uid=f"sfconnector.audit.{kind}",
            weak=False,
        )


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
        with transaction.atomic():
            codenames = _ours(instance, **told)
            if codenames:
                detail = {
                    "of": f"{type(instance).__name__.lower()} {instance}",
                    "change": words[action],
                    "permissions": codenames,
                }
                audit.append("access.changed", detail=detail, **audit.actor()._asdict())
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
                audit.append("access.changed", detail=detail, **audit.actor()._asdict())
    except DatabaseError:  # a host's migration may run before our tables are there
        logger.warning("A change of a person's standing was not written down.")


def _note_group(*, instance: Any, using: str, **_: Any) -> None:
    """Before a group is deleted, remember its orgs and write down what it gave."""
    instance.salesforce_org_ids = []
    try:
        with transaction.atomic(using=using):
            orgs = instance.salesforce_orgs.using(using)
            instance.salesforce_org_ids = list(orgs.values_list("pk", flat=True))
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
    """Give orgs whose last group is gone to a group without members.

    No group at all would mean that everyone may see them, and to delete a group never
    asks for that. A deletion is one transaction, so nobody sees the time between.
    """
    ids = getattr(instance, "salesforce_org_ids", [])
    orgs = list(Org.objects.using(using).filter(pk__in=ids, visible_to=None))
    if not orgs:
        return
    group, _created = type(instance).objects.using(using).get_or_create(name=KEPT_BACK)
    for org in orgs:
        org.visible_to.add(group)
        detail = {
            "changed": ["visible_to"],
            "name": str(org),
            "visible_to": [KEPT_BACK],
        }
        audit.append("org.changed", org=org, detail=detail, **audit.actor()._asdict())


def _hold_runs(*, instance: SyncPlan, using: str, **_: Any) -> None:
    """Lock a plan's runs before anything of theirs is deleted.

    Workers lock a run before its children as well, so nobody waits in a circle; and
    nothing new can refer to a run between the deletion of its children and its own.
    """
    runs = instance.runs.using(using).select_for_update().order_by("pk")
    list(runs.values_list("pk", flat=True))


def _keep_with_records(*, instance: Org, using: str, **_: Any) -> None:
    """Refuse to delete an org that has records: no constraint holds them to it.

    Raises ProtectedError.
    """
    some = Record.objects.using(using).filter(org=instance)[:1]
    if some:
        raise ProtectedError(
            f"{instance} still has cached records. "
            "Call sfconnector.sync.request_removal(org); a worker deletes both.",
            set(some),
        )


def _follow_drift(*, org: Any, sobject: str, changes: Any, **_: Any) -> None:
    """Let the object's plan do what its policy says."""
    from sfconnector import sync

    sync.note_drift(org, sobject=sobject, changes=changes)


def _ring_the_doorbell(*, run_id: int, **_: Any) -> None:
    """Tell a worker that a run waits; without a broker the tick does it later."""
    from sfconnector import tasks

    tasks.ring(run_id)
