"""Frozen dataclasses: what the wire says, in Python's names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sfconnector.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What one call needs: a token and the org it is for."""

    access_token: Secret
    instance_url: str


class SessionLike(Protocol):
    """Anything that carries an access token and the instance it belongs to."""

    @property
    def access_token(self) -> Secret: ...

    @property
    def instance_url(self) -> str: ...


class TokenSource(Protocol):
    """Where a client gets its token, and asks for a new one when that has expired."""

    def current(self) -> SessionLike:
        """Give the token to use now."""

    def renew(self, stale: SessionLike) -> SessionLike:
        """Give a token other than ``stale``, which Salesforce said has expired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAnswer:
    """What the token endpoint granted."""

    access_token: Secret
    refresh_token: Secret | None
    """None when the answer held none: a stored one stays valid then."""
    instance_url: str
    """Origin of the org's API, checked against the allow-list, no trailing slash."""
    identity_url: str
    org_id: str
    """18 characters, or "" when the answer named no identity."""
    user_id: str
    issued_at: datetime | None
    scopes: tuple[str, ...]
    """Granted scopes; empty when the answer does not tell."""
    token_type: str
    signature_ok: bool | None
    """Whether the HMAC signature matches; None when it could not be checked."""
    raw_keys: tuple[str, ...]
    """Names of all keys of the answer, for diagnosis; never their values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The connected user, as userinfo tells."""

    user_id: str
    org_id: str
    username: str
    display_name: str
    email: str
    user_type: str
    active: bool | None
    locale: str
    language: str
    timezone: str
    integration_user: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Introspection:
    """What Salesforce knows about a token."""

    active: bool
    scopes: tuple[str, ...] = ()
    username: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitInfo:
    """API calls of the org's rolling 24 hours: used, and allowed."""

    used: int
    maximum: int
    app_used: int | None = None
    app_maximum: int | None = None
    app_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One HTTP exchange, redacted: safe to log and to store."""

    method: str
    path: str
    """Path and query; values of secret parameters and SOQL's texts are masked."""
    status: int | None
    """None when no answer came."""
    duration_ms: int
    request_bytes: int
    response_bytes: int
    """Bytes as received, that is before they were inflated."""
    request_id: str
    error_code: str
    limit: LimitInfo | None
    at: datetime
    """When it was sent, aware UTC, by our clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """An API version that the org offers."""

    label: str
    url: str
    version: str

    @property
    def number(self) -> float:
        """The version to compare by: "100" is newer than "20.0"."""
        return float(self.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalObject:
    """One entry of describe global."""

    name: str
    label: str
    label_plural: str
    key_prefix: str | None
    custom: bool
    custom_setting: bool
    queryable: bool
    retrieveable: bool
    searchable: bool
    createable: bool
    updateable: bool
    deletable: bool
    replicateable: bool
    deprecated_and_hidden: bool
    raw: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalDescribe:
    """All objects that the connected user may see."""

    objects: tuple[GlobalObject, ...]
    last_modified: str
    """Value for the next ``if_modified_since``, as it came."""
    max_batch_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PicklistValue:
    """One choice of a picklist."""

    value: str
    label: str
    active: bool
    default: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDescribe:
    """One field of a describe; flags that an old version does not know are false."""

    name: str
    label: str
    type: str
    soap_type: str
    length: int
    byte_length: int
    precision: int
    scale: int
    digits: int
    nillable: bool
    custom: bool
    calculated: bool
    createable: bool
    updateable: bool
    filterable: bool
    sortable: bool
    groupable: bool
    unique: bool
    external_id: bool
    id_lookup: bool
    name_field: bool
    encrypted: bool
    auto_number: bool
    html_formatted: bool
    polymorphic_foreign_key: bool
    deprecated_and_hidden: bool
    reference_to: tuple[str, ...]
    relationship_name: str | None
    compound_field_name: str | None
    controller_name: str | None
    inline_help_text: str | None
    extra_type_info: str | None
    calculated_formula: str | None
    default_value: Any
    picklist_values: tuple[PicklistValue, ...]
    raw: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectDescribe:
    """One described sObject."""

    name: str
    label: str
    label_plural: str
    key_prefix: str | None
    custom: bool
    custom_setting: bool
    queryable: bool
    retrieveable: bool
    searchable: bool
    createable: bool
    updateable: bool
    deletable: bool
    replicateable: bool
    deprecated_and_hidden: bool
    fields: tuple[FieldDescribe, ...]
    child_relationships: tuple[Mapping[str, Any], ...] = field(repr=False)
    record_types: tuple[Mapping[str, Any], ...] = field(repr=False)
    urls: Mapping[str, str] = field(repr=False)
    last_modified: str
    """Value for the next ``if_modified_since``, as it came."""
    raw: Mapping[str, Any] = field(repr=False)

    def field(self, name: str) -> FieldDescribe | None:
        """Find a field by its API name, in any case."""
        wanted = name.lower()
        return next((one for one in self.fields if one.name.lower() == wanted), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryPage:
    """One page of a query."""

    records: list[dict[str, Any]] = field(repr=False)
    total_size: int
    done: bool
    next_url: str | None
    """Relative path of the next page, to be followed as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPage:
    """One page of a query as bytes; only its head was read."""

    content: bytes = field(repr=False)
    total_size: int
    done: bool
    next_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatedRecords:
    """Ids that changed within a window."""

    ids: tuple[str, ...]
    latest_date_covered: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedRecords:
    """Ids that were deleted within a window, each with the moment."""

    records: tuple[tuple[str, datetime], ...]
    earliest_date_available: datetime
    latest_date_covered: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveResult:
    """What one write of a record did."""

    id: str
    success: bool
    created: bool | None
    """None when the answer does not tell (API versions up to 45 say nothing)."""
    errors: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subrequest:
    """One part of a composite request."""

    method: str
    url: str
    reference_id: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subanswer:
    """One part of a composite answer."""

    reference_id: str
    status: int
    headers: Mapping[str, str]
    body: Any = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One entry of the org's limits; ``remaining`` may be negative."""

    name: str
    maximum: int
    remaining: int
