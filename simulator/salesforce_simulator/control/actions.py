"""Things that happen to the org: at once by name, or when a fault strikes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from salesforce_simulator.bulk import Pace
from salesforce_simulator.clock import wire_datetime
from salesforce_simulator.schema import Row
from salesforce_simulator.state import OrgState
from salesforce_simulator.store import StoreError
from salesforce_simulator.users import User

_STAMPS = {"CreatedDate", "LastModifiedDate", "SystemModstamp"}


class ActionError(ValueError):
    """The action is unknown or its arguments do not fit."""


def run(org: OrgState, name: str, arguments: dict[str, Any]) -> Any:
    """Run one action of the table below. Raises `ActionError`."""
    action = ACTIONS.get(name)
    if action is None:
        raise ActionError(
            f"Unknown action {name!r}. Known: {', '.join(sorted(ACTIONS))}."
        )
    try:
        return action(org, **arguments)
    except (TypeError, LookupError, ValueError, StoreError) as error:
        raise ActionError(f"The action {name} was not done: {error}") from error


def _user(org: OrgState, username: str | None) -> User:
    user = org.users.get(username) if username else org.users.default
    if user is None:
        raise LookupError(f"there is no user {username}.")
    return user


def expire_sessions(org: OrgState, *, user: str | None = None) -> int:
    """End access tokens; refresh tokens stay good."""
    return org.expire_sessions(user)


def revoke_grants(org: OrgState, *, user: str | None = None) -> int:
    """Revoke refresh tokens and what came from them."""
    return org.revoke_grants(user)


def kill_locators(org: OrgState) -> int:
    """Forget every open query cursor."""
    return org.cursors.kill()


def exhaust_limit(org: OrgState) -> None:
    """Use up the day's API calls."""
    org.limits.exhaust()


def reset_limit(org: OrgState) -> None:
    """Start a new day of API calls."""
    org.limits.reset()


def set_limit(org: OrgState, *, max: int, used: int | None = None) -> None:  # noqa: A002 - the word of the switchboard's callers
    """Set the day's allowance of API calls, and how many are used."""
    org.limits.daily_api_requests = max
    if used is not None:
        org.limits.used = used


def instance_url(org: OrgState, *, url: str, close_old: bool = False) -> None:
    """Name another instance URL in token answers."""
    org.move_instance(url, close_old=close_old)


def advance_clock(org: OrgState, *, seconds: float) -> None:
    """Move the org's time."""
    org.clock.advance(seconds)


def session_seconds(org: OrgState, *, seconds: float) -> None:
    """Set how long an unused access token lives."""
    org.grants.session_seconds = seconds


def latency(org: OrgState, *, ms: float) -> None:
    """Make every answer wait."""
    org.latency_ms = ms


def page_size(org: OrgState, *, rows: int) -> None:
    """Set the largest page of a query."""
    org.page_size = rows


def hide(org: OrgState, *, names: list[str], user: str | None = None) -> None:
    """Hide fields (``Account.Phone``) or objects (``Lead``) from a user."""
    _user(org, user).hide(*names)


def reveal(org: OrgState, *, names: list[str], user: str | None = None) -> None:
    """Undo ``hide``."""
    _user(org, user).reveal(*names)


def user_active(
    org: OrgState, *, user: str | None = None, active: bool = False
) -> None:
    """Deactivate or activate a user."""
    _user(org, user).active = active


def user_api(org: OrgState, *, user: str | None = None, enabled: bool = False) -> None:
    """Take the API away from a user, or give it back."""
    _user(org, user).api_enabled = enabled


def app_policy(org: OrgState, *, name: str, value: Any) -> None:
    """Set a policy of the first app, e.g. ``rotate_refresh_tokens``."""
    if not hasattr(org.app, name) or name.startswith(("consumer", "_")):
        raise LookupError(f"an app has no policy {name}.")
    setattr(org.app, name, value)


def remove_field(org: OrgState, *, sobject: str, field: str) -> None:
    """Delete a field from the schema."""
    org.records.schema.remove_field(sobject, field)


def remove_object(org: OrgState, *, sobject: str) -> None:
    """Delete an object from the schema."""
    org.records.schema.remove_object(sobject)


def add_object(
    org: OrgState, *, sobject: str, label: str | None = None, number_format: str = ""
) -> None:
    """Add a custom object with a name, given or counted, and the system fields."""
    org.records.add_object(sobject, label=label, number_format=number_format)


def add_field(
    org: OrgState,
    *,
    sobject: str,
    field: str,
    type: str = "string",  # noqa: A002 - the word of the switchboard's callers
    **more: Any,
) -> None:
    """Add a custom field to an object."""
    org.records.add_field(sobject, field, kind=type, **more)


def change_field(org: OrgState, *, sobject: str, field: str, **changes: Any) -> None:
    """Change a field, e.g. its ``label`` or ``type``."""
    org.records.schema.change_field(sobject, field, **changes)


def bulk_pace(
    org: OrgState, *, queue_seconds: float = 0.2, run_seconds: float = 0.3
) -> None:
    """Set how long bulk jobs wait and run."""
    org.jobs.pace = Pace(queue_seconds=queue_seconds, run_seconds=run_seconds)


def fail_next_job(org: OrgState, *, message: str = "InternalServerError") -> None:
    """Let the next bulk job end as Failed."""
    org.jobs.fail_next(message)


def read_only(org: OrgState, *, on: bool = True) -> None:
    """Refuse writes, as an org under maintenance does; reads go on."""
    org.read_only = on


def running_minute(org: OrgState, *, on: bool = True) -> None:
    """Let ``updated`` and ``deleted`` tell of the running minute, too."""
    org.lists_running_minute = on


def assignment_rule(
    org: OrgState, *, sobject: str, field: str, begins: str, owner: str
) -> None:
    """Give rows whose field begins so to an owner, a user's or queue's id."""

    def rule(row: Row) -> str | None:
        return owner if str(row.get(field) or "").startswith(begins) else None

    org.assignment_rules[sobject] = rule


def track(org: OrgState, *, sobject: str, fields: list[str]) -> None:
    """Keep a history of fields of an object from now on."""
    org.records.track(sobject, *fields)


def insert(
    org: OrgState,
    *,
    sobject: str,
    values: dict[str, Any],
    age_seconds: float = 0.0,
) -> str:
    """Make a row without an API call; returns its id.

    With ``age_seconds`` it is a late commit: visible now, stamped so long ago.
    """
    row = org.records.store.insert(sobject, values, user_id=org.user.id)
    if age_seconds:
        stamp = wire_datetime(org.clock.now() - timedelta(seconds=age_seconds))
        stamps = dict.fromkeys(_STAMPS & set(row), f"{stamp[:19]}.000+0000")
        org.records.store.overwrite(sobject, str(row["Id"]), stamps)
    return str(row["Id"])


def update(
    org: OrgState,
    *,
    sobject: str,
    id: str,  # noqa: A002 - the word of the switchboard's callers
    values: dict[str, Any],
) -> None:
    """Change a row without an API call."""
    org.records.store.update(sobject, id, values, user_id=org.user.id)


def delete(
    org: OrgState,
    *,
    sobject: str,
    id: str,  # noqa: A002 - the word of the switchboard's callers
    hard: bool = False,
) -> None:
    """Delete a row without an API call, for good when ``hard``."""
    store = org.records.store
    if hard:
        store.hard_delete(sobject, id)
    else:
        store.delete(sobject, id, user_id=org.user.id)


def undelete(org: OrgState, *, sobject: str, id: str) -> None:  # noqa: A002 - the word of the switchboard's callers
    """Take a row out of the recycle bin."""
    org.records.store.undelete(sobject, id, user_id=org.user.id)


def refresh_sandbox(org: OrgState, *, seed: int) -> str:
    """Become a fresh copy with another org id; returns it."""
    org.refresh_sandbox(seed=seed)
    return org.org_id


ACTIONS: dict[str, Callable[..., Any]] = {
    action.__name__: action
    for action in (
        expire_sessions,
        revoke_grants,
        kill_locators,
        exhaust_limit,
        reset_limit,
        set_limit,
        instance_url,
        advance_clock,
        session_seconds,
        latency,
        page_size,
        hide,
        reveal,
        user_active,
        user_api,
        app_policy,
        add_object,
        add_field,
        track,
        change_field,
        remove_field,
        remove_object,
        bulk_pace,
        fail_next_job,
        read_only,
        running_minute,
        assignment_rule,
        insert,
        update,
        delete,
        undelete,
        refresh_sandbox,
    )
}
