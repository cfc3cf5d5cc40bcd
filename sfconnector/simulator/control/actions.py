"""Things that happen to the org: at once by name, or when a fault strikes."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sfconnector.simulator.bulk import Pace
from sfconnector.simulator.clock import wire_datetime
from sfconnector.simulator.people import User
from sfconnector.simulator.store import StoreError

if TYPE_CHECKING:
    from sfconnector.simulator.org import SalesforceOrg


_STAMPS = {"CreatedDate", "LastModifiedDate", "SystemModstamp"}


class ActionError(ValueError):
    """The action is unknown or its arguments do not fit."""


def run(org: SalesforceOrg, name: str, arguments: dict[str, Any]) -> Any:
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


def _user(org: SalesforceOrg, username: str | None) -> User:
    user = org.users.get(username) if username else org.users.default
    if user is None:
        raise LookupError(f"there is no user {username}.")
    return user


def expire_sessions(org: SalesforceOrg, *, user: str | None = None) -> int:
    """End access tokens; refresh tokens stay good."""
    return org.expire_sessions(user)


def revoke_grants(org: SalesforceOrg, *, user: str | None = None) -> int:
    """Revoke refresh tokens and what came from them."""
    return org.revoke_grants(user)


def kill_locators(org: SalesforceOrg) -> int:
    """Forget every open query cursor."""
    return org.cursors.kill()


def exhaust_limit(org: SalesforceOrg) -> None:
    """Use up the day's API calls."""
    org.limits.exhaust()


def reset_limit(org: SalesforceOrg) -> None:
    """Start a new day of API calls."""
    org.limits.reset()


def set_limit(org: SalesforceOrg, *, max: int, used: int | None = None) -> None:  # noqa: A002 - the word of the switchboard's callers
    """Set the day's allowance of API calls, and how many are used."""
    org.limits.daily_api_requests = max
    if used is not None:
        org.limits.used = used


def instance_url(org: SalesforceOrg, *, url: str, close_old: bool = False) -> None:
    """Name another instance URL in token answers."""
    org.move_instance(url, close_old=close_old)


def advance_clock(org: SalesforceOrg, *, seconds: float) -> None:
    """Move the org's time."""
    org.clock.advance(seconds)


def session_seconds(org: SalesforceOrg, *, seconds: float) -> None:
    """Set how long an unused access token lives."""
    org.grants.session_seconds = seconds


def latency(org: SalesforceOrg, *, ms: float) -> None:
    """Make every answer wait."""
    org.latency_ms = ms


def page_size(org: SalesforceOrg, *, rows: int) -> None:
    """Set the largest page of a query."""
    org.page_size = rows


def hide(org: SalesforceOrg, *, names: list[str], user: str | None = None) -> None:
    """Hide fields (``Account.Phone``) or objects (``Lead``) from a user."""
    _user(org, user).hide(*names)


def reveal(org: SalesforceOrg, *, names: list[str], user: str | None = None) -> None:
    """Undo ``hide``."""
    _user(org, user).reveal(*names)


def user_active(
    org: SalesforceOrg, *, user: str | None = None, active: bool = False
) -> None:
    """Deactivate or activate a user."""
    _user(org, user).active = active


def user_api(
    org: SalesforceOrg, *, user: str | None = None, enabled: bool = False
) -> None:
    """Take the API away from a user, or give it back."""
    _user(org, user).api_enabled = enabled


def app_policy(org: SalesforceOrg, *, name: str, value: Any) -> None:
    """Set a policy of the first app, e.g. ``rotate_refresh_tokens``."""
    if not hasattr(org.app, name) or name.startswith(("consumer", "_")):
        raise LookupError(f"an app has no policy {name}.")
    setattr(org.app, name, value)


def remove_field(org: SalesforceOrg, *, sobject: str, field: str) -> None:
    """Delete a field from the schema."""
    org.records.schema.remove_field(sobject, field)


def remove_object(org: SalesforceOrg, *, sobject: str) -> None:
    """Delete an object from the schema."""
    org.records.schema.remove_object(sobject)


def add_object(org: SalesforceOrg, *, sobject: str, label: str | None = None) -> None:
    """Add a custom object with a name and the system fields."""
    org.records.add_object(sobject, label=label)


def add_field(
    org: SalesforceOrg,
    *,
    sobject: str,
    field: str,
    type: str = "string",  # noqa: A002 - the word of the switchboard's callers
    **more: Any,
) -> None:
    """Add a custom field to an object."""
    org.records.add_field(sobject, field, kind=type, **more)


def change_field(
    org: SalesforceOrg, *, sobject: str, field: str, **changes: Any
) -> None:
    """Change a field, e.g. its ``label`` or ``type``."""
    org.records.schema.change_field(sobject, field, **changes)


def bulk_pace(
    org: SalesforceOrg, *, queue_seconds: float = 0.2, run_seconds: float = 0.3
) -> None:
    """Set how long bulk jobs wait and run."""
    org.jobs.pace = Pace(queue_seconds=queue_seconds, run_seconds=run_seconds)


def fail_next_job(org: SalesforceOrg, *, message: str = "InternalServerError") -> None:
    """Let the next bulk job end as Failed."""
    org.jobs.fail_next(message)


def read_only(org: SalesforceOrg, *, on: bool = True) -> None:
    """Refuse writes, as an org under maintenance does; reads go on."""
    org.read_only = on


def insert(
    org: SalesforceOrg,
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
    org: SalesforceOrg,
    *,
    sobject: str,
    id: str,  # noqa: A002 - the word of the switchboard's callers
    values: dict[str, Any],
) -> None:
    """Change a row without an API call."""
    org.records.store.update(sobject, id, values, user_id=org.user.id)


def delete(
    org: SalesforceOrg,
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


def undelete(org: SalesforceOrg, *, sobject: str, id: str) -> None:  # noqa: A002 - the word of the switchboard's callers
    """Take a row out of the recycle bin."""
    org.records.store.undelete(sobject, id, user_id=org.user.id)


def refresh_sandbox(org: SalesforceOrg, *, seed: int) -> str:
    """Become a fresh copy with another org id; returns it."""
    org.refresh_sandbox(seed=seed)
    return org.org_id


def signal_process(org: SalesforceOrg, *, pid: int, name: str = "SIGKILL") -> None:
    """Signal a process when the fault strikes, e.g. kill the client that asked."""
    del org
    if pid <= 1:
        raise ValueError("only a client's own process may be signalled.")
    os.kill(pid, signal.Signals[name])


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
        change_field,
        remove_field,
        remove_object,
        bulk_pace,
        fail_next_job,
        read_only,
        insert,
        update,
        delete,
        undelete,
        refresh_sandbox,
        signal_process,
    )
}
