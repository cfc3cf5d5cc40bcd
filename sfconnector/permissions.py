"""The permission codenames of the app, in one place.

Each is a custom permission of the Org model, so a host grants it in the admin.
"""

from __future__ import annotations

APP_LABEL = "sfconnector"

CONNECT = "connect_org"
SYNC = "sync_org"
EXPLORE = "explore_org"
EXPLORE_WRITE = "explore_write_org"
VIEW_RECORDS = "view_records"
EXPORT_RECORDS = "export_records"
MANAGE_KEYS = "manage_keys"

ALL = (
    (CONNECT, "Can connect and disconnect Salesforce orgs"),
    (SYNC, "Can run, pause and cancel fetches"),
    (EXPLORE, "Can send read-only calls to Salesforce"),
    (EXPLORE_WRITE, "Can send writing calls to Salesforce"),
    (VIEW_RECORDS, "Can browse cached records"),
    (EXPORT_RECORDS, "Can export cached records"),
    (MANAGE_KEYS, "Can see and rotate encryption keys"),
)

CHANGE_APP = f"{APP_LABEL}.change_connectedapp"
"""Django's own permission, by which orgs also connect without a person."""


def full(codename: str) -> str:
    """Return ``sfconnector.<codename>``, the form that ``User.has_perm`` takes."""
    return f"{APP_LABEL}.{codename}"
