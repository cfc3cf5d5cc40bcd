"""The identity guard: whose grant came back, and what becomes of the org's row."""

from __future__ import annotations

import uuid

from django.utils import timezone

from sfconnector import calls, tokens
from sfconnector.exceptions import ConsentRequired, SFConnectorError
from sfconnector.models import Org, SObject, SyncPlan
from sfconnector.salesforce.types import TokenAnswer
from sfconnector.texts import gettext_noop as _

ANOTHER_ORG = "another_org"
ANOTHER_USER = "another_user"
SANDBOX_REFRESHED = "sandbox_refreshed"
BAD_SIGNATURE = "bad_signature"
STRANGERS = (ANOTHER_ORG, ANOTHER_USER, SANDBOX_REFRESHED)
"""Codes of refusals that a person may answer with keep or archive."""

_CHOICES = _(
    "Nothing was changed. Start again and log in to the right org as the right user; "
    "or start again with “keep”: the row, its schedules and records stay, and "
    "everything is read anew; or with “archive”: the records read so far stay aside "
    "and a fresh row takes the place."
)


def refuse_stranger(
    org: Org, answer: TokenAnswer, *, replace_identity: bool = False
) -> tuple[str, str]:
    """Tell org id and user id of a new grant; raise ConsentRequired for another's.

    A grant that is refused is given back to Salesforce, so that none lives unused.
    """
    org_id, user_id = _identity(org, answer)
    refusal = _refusal(org, answer, org_id=org_id, user_id=user_id)
    if refusal is None or (replace_identity and refusal.code in STRANGERS):
        return org_id, user_id
    refusal.remedy = f"{refusal.remedy} {give_back(org, answer)}".rstrip()
    raise refusal


def read_anew(org: Org) -> None:
    """Let every plan of an org begin with a full pass: another org or user looks."""
    SyncPlan.objects.filter(org=org).update(
        cursor_value="", definition="", last_full_at=None
    )
    SObject.objects.filter(org=org).update(describe_modified="")
    Org.objects.filter(pk=org.pk).update(catalog_modified="")


def set_aside(org: Org) -> Org:
    """Archive a row with its records and return a fresh one with alias and plans.

    The caller runs this in a transaction and ends the old row's grant.
    """
    groups = list(org.visible_to.all())
    plans = list(SyncPlan.objects.filter(org=org))
    alias, label = org.alias, org.label
    now = timezone.now()
    org.alias = _archive_alias(alias, now.strftime("%Y%m%d"))
    org.label = f"{label or alias} (archived {now:%Y-%m-%d})"[:120]
    org.save(update_fields=["alias", "label", "updated_at"])
    for plan in plans:
        plan.pause(_("The org was archived; another one took its place."))
    fresh = _copy(org, alias=alias, label=label)
    fresh.visible_to.set(groups)
    SyncPlan.objects.bulk_create(_planned(plan, fresh) for plan in plans)
    return fresh


def _copy(org: Org, *, alias: str, label: str) -> Org:
    return Org.objects.create(
        alias=alias,
        label=label,
        app=org.app,
        environment=org.environment,
        my_domain=org.my_domain,
        flow=org.flow,
        username=org.username,
        api_version=org.api_version,
        tasks_declined=org.tasks_declined,
    )


def _planned(plan: SyncPlan, org: Org) -> SyncPlan:
    """Copy what a plan reads and how often, without how far it came."""
    names = (
        "kind", "name", "sobject", "fields", "where", "soql", "path", "task", "mode",
        "schedule", "every_minutes", "cron", "is_enabled", "overlap_minutes",
        "full_every_days", "drift_policy", "history_days", "include_deleted",
        "created_by_id",
    )  # fmt: skip
    values = {name: getattr(plan, name) for name in names}
    return SyncPlan(org=org, uuid=uuid.uuid4(), **values)


def _archive_alias(alias: str, day: str) -> str:
    number = 1
    while True:
        end = f"-archived-{day}" + (f"-{number}" if number > 1 else "")
        name = alias[: 60 - len(end)] + end
        if not Org.objects.filter(alias=name).exists():
            return name
        number += 1


def _identity(org: Org, answer: TokenAnswer) -> tuple[str, str]:
    """Tell org id and user id of a grant; ask userinfo when the answer is silent."""
    if answer.org_id:
        return answer.org_id, answer.user_id
    recorder = calls.recorder(org, purpose="connect") if org.pk else None
    try:
        client = tokens.oauth_client(org, on_call=recorder)
        who = client.userinfo(answer.access_token, instance_url=answer.instance_url)
    except SFConnectorError:
        return "", ""
    return who.org_id, who.user_id


def _refusal(
    org: Org, answer: TokenAnswer, *, org_id: str, user_id: str
) -> ConsentRequired | None:
    if answer.signature_ok is False:
        return ConsentRequired(
            _("The token answer is not signed with this app's consumer secret."),
            remedy=_("Check the consumer secret of the app, then start again."),
            code=BAD_SIGNATURE,
        )
    if org.org_id and org_id != org.org_id:
        return _another_org(org, answer, org_id)
    if org.user_id and user_id != org.user_id:
        message = _(
            "You logged in as another user than {user}. "
            "Records that the new user may not see would vanish from here."
        ).format(user=org.connected_username or _("the one before"))
        return ConsentRequired(message, remedy=_CHOICES, code=ANOTHER_USER)
    return None


def _another_org(org: Org, answer: TokenAnswer, org_id: str) -> ConsentRequired:
    name = f"{org.org_name or org.alias}, {org.org_id}"
    if org.is_sandbox and answer.instance_url == org.instance_url:
        message = _(
            "This sandbox was refreshed: it has the new org id {new} instead of "
            "{old}, and its data are a new copy of production's."
        ).format(new=org_id, old=org.org_id)
        return ConsentRequired(message, remedy=_CHOICES, code=SANDBOX_REFRESHED)
    message = _(
        "You logged in to another org ({new}) than the one connected here ({old})."
    ).format(new=org_id or _("of unknown id"), old=name)
    return ConsentRequired(message, remedy=_CHOICES, code=ANOTHER_ORG)


def give_back(org: Org, answer: TokenAnswer) -> str:
    """Revoke a grant that is not kept; say so when Salesforce did not do it."""
    try:
        client = tokens.oauth_client(org)
        client.revoke(answer.refresh_token or answer.access_token)
    except SFConnectorError as error:
        return _(
            "The new approval could not be revoked ({error}): do it in Setup."
        ).format(error=error)
    return ""
