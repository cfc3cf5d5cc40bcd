"""The refusals of Salesforce's REST and Bulk APIs, one row each.

Codes: ``ExceptionCode`` of the API guides; texts are those that orgs were seen to
send. Bulk codes are run together (``ExceededQuota``); both spellings have a row.
"""

from __future__ import annotations

from sfconnector.exceptions import (
    Conflict,
    Forbidden,
    InvalidRequest,
    LimitReached,
    NotFound,
    SFConnectorError,
    Transient,
    Unauthorized,
)
from sfconnector.salesforce.failures.cases import Case, Setup, Who

_MINUTE = 60


def _row(  # noqa: PLR0913 - the last two are keyword-only
    kind: type[SFConnectorError],
    code: str,
    words: tuple[str, str, str],
    who: Who = Who.TIME,
    setup: Setup = Setup.NONE,
    *,
    text: str = "",
    pause_s: int | None = None,
) -> Case:
    title, cause, remedy = words
    return Case(
        kind=kind,
        code=code,
        text=text,
        title=title,
        cause=cause,
        remedy=remedy,
        who=who,
        setup=setup,
        pause_s=pause_s,
    )


_EXPIRED = (
    "The access token has expired",
    "Sessions end after the time-out that the org sets; a new token is fetched.",
    "Nothing to do: it is renewed by itself. Reconnect the org if it stays.",
)
_NOT_FOR_REST = (
    "The session may not use the REST API",
    "The org's API access control or the user's licence refuses this app.",
    "Ask the org's administrator to admit the app to the API; a new token won't help.",
)
_SCOPE = (
    "The connection lacks a scope",
    "The token was granted without the scope that this address needs.",
    "Add the scope (usually api) to the app, then reconnect the org.",
)
_UNKNOWN_SESSION = (
    "Salesforce does not accept the session",
    "The session was refused for a reason that the message names.",
    "Test the connection; reconnect the org when the test fails.",
)
_PASSWORD = (
    "The user's password has expired",
    "The connected user must set a new password before the API answers.",
    "Reset the user's password, or connect as an integration user without expiry.",
)
_HEADER = (
    "Salesforce found no token",
    "The Authorization header was missing or changed on its way.",
    "Look at proxies between this server and Salesforce.",
)
_DAILY = (
    "The org's daily API calls are used up",
    "All apps of the org share the calls of a rolling 24 hours.",
    "Runs wait by themselves; let fewer plans run, or buy more calls.",
)
_CONCURRENT = (
    "Too many long requests at once",
    "An org runs at most 25 requests (5 in Developer Edition) longer than 20 s.",
    "It is tried again by itself.",
)
_NO_API = (
    "The org has no API access",
    "Its edition or its settings do not include the REST API.",
    "Ask Salesforce for API access, or connect an org of a larger edition.",
)
_USER_NO_API = (
    "The user may not use the API",
    "The connected user lacks the permission 'API Enabled'.",
    "Give the user 'API Enabled' by a permission set, or reconnect as another user.",
)
_NO_ACCESS = (
    "The user may not do this",
    "The connected user lacks a permission on the object, the record or a field.",
    "Give the user access by a permission set (View All Data is best for reading).",
)
_TXN = (
    "A transaction security policy stopped this",
    "The org's transaction security refused the request.",
    "Ask the org's administrator to exempt the integration user.",
)
_QUERY = (
    "The query is malformed",
    "Salesforce cannot read the SOQL; its message shows the place.",
    "Correct the filter or the field list of the plan.",
)
_FIELD = (
    "A field does not exist",
    "It was deleted or renamed, or the user may not see it.",
    "Refresh the object's fields; correct the field list or the filter.",
)
_TYPE = (
    "The object does not exist",
    "It was deleted or renamed, or the user may not see it.",
    "Refresh the org's objects; give the user access to it.",
)
_LOCATOR = (
    "The query's pages are gone",
    "A query can be paged for a limited time, and a user has few of them open.",
    "It goes on from the last checkpoint by itself.",
)
_SLOW = (
    "The query takes too long",
    "Salesforce stopped the query; it reads too much without an index.",
    "Read smaller windows or fewer fields, filter on an indexed field, or use Bulk.",
)
_LARGE = (
    "The request is too large",
    "Too many fields, rows or ids were asked for at once.",
    "Choose fewer fields or rows, or use Bulk.",
)
_BAD_VALUE = (
    "A value is not accepted",
    "The request holds a value of the wrong form.",
    "Correct the value that the message names.",
)
_WINDOW = (
    "The window lies too far back",
    "Deletions can be asked for 15 days back, changes for 30, sometimes less.",
    "Run a full pass; it finds what was deleted.",
)
_LOCKED = (
    "The record is locked",
    "Another transaction is changing this record or its parent.",
    "It is tried again by itself.",
)
_RULE = (
    "A rule of the org refuses the record",
    "A required field, validation rule, duplicate rule or picklist refuses it.",
    "Correct the record as the message says.",
)
_MISSING = (
    "There is nothing at this address",
    "The object, record, job or API version does not exist, or is hidden.",
    "Check the name, the id and the API version; refresh the org's objects.",
)
_DELETED = ("The record is already deleted", "It was deleted before.", "Nothing to do.")
_METHOD = (
    "This method is not allowed here",
    "The address does not support the HTTP method.",
    "Use one of the methods that the message lists.",
)
_GONE = (
    "The API version is retired",
    "Salesforce has switched this API version off.",
    "Choose a newer API version for the org.",
)
_DOWN = (
    "Salesforce is not available",
    "The instance is overloaded or under maintenance.",
    "It is tried again by itself; see status.salesforce.com if it lasts.",
)
_READ_ONLY = (
    "The org is read-only",
    "The org is under maintenance and takes no writes.",
    "Write again when the maintenance has ended; reading goes on.",
)
_NO_BULK = (
    "The Bulk API does not read this object",
    "Some objects, compound fields and subqueries are not in the Bulk API.",
    "Read it through REST; 'auto' does so by itself.",
)
_BULK_STATE = (
    "The job is in another state",
    "The Bulk job does not allow this step now, or was made by another API version.",
    "Start the job again.",
)
_BULK_QUOTA = (
    "The org's Bulk jobs are used up",
    "An org may start 10,000 query jobs in a rolling 24 hours.",
    "Runs wait by themselves, or read through REST.",
)
_BULK_FAILED = (
    "The Bulk job failed",
    "Salesforce gave up on the job, often because it reads too much at once.",
    "Filter on an indexed field, choose fewer fields, or read through REST.",
)
_BULK_ABORTED = (
    "The Bulk job was aborted",
    "Somebody stopped the job in Setup, or the run was cancelled.",
    "Start the run again.",
)
_HALTED = (
    "Undone with the others",
    "Another part of the same all-or-none request failed.",
    "Correct the part that failed.",
)

_SESSION_CODES = ("INVALID_SESSION_ID", "InvalidSessionId")
_ACCESS_CODES = (
    "INSUFFICIENT_ACCESS", "INSUFFICIENT_ACCESS_OR_READONLY",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "FUNCTIONALITY_NOT_ENABLED",
    "FeatureNotEnabled", "FORBIDDEN",
)  # fmt: skip
_TXN_CODES = ("TXN_SECURITY_NO_ACCESS", "TXN_SECURITY_METERING_ERROR")
_TYPE_CODES = ("INVALID_TYPE", "INVALID_TYPE_FOR_OPERATION")
_QUERY_CODES = ("MALFORMED_QUERY", "MALFORMED_SEARCH", "INVALID_QUERY_FILTER_OPERATOR")
_SLOW_CODES = ("QUERY_TIMEOUT", "REQUEST_RUNNING_TOO_LONG")
_LARGE_CODES = (
    "QUERY_TOO_COMPLICATED", "OPERATION_TOO_LARGE", "EXCEEDED_ID_LIMIT",
    "URI_TOO_LONG", "REQUEST_HEADER_FIELDS_TOO_LARGE",
)  # fmt: skip
_VALUE_CODES = (
    "MALFORMED_ID", "NUMBER_OUTSIDE_VALID_RANGE", "JSON_PARSER_ERROR",
    "INVALID_BATCH_SIZE", "INVALID_ID_FIELD", "UNSUPPORTED_MEDIA_TYPE",
)  # fmt: skip
_RULE_CODES = (
    "REQUIRED_FIELD_MISSING", "FIELD_CUSTOM_VALIDATION_EXCEPTION", "DUPLICATE_VALUE",
    "DUPLICATES_DETECTED", "STRING_TOO_LONG", "INVALID_EMAIL_ADDRESS",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "INVALID_CROSS_REFERENCE_KEY",
    "INVALID_FIELD_FOR_INSERT_UPDATE", "CANNOT_UPDATE_CONVERTED_LEAD",
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
)  # fmt: skip
_LOCK_CODES = ("UNABLE_TO_LOCK_ROW", "TooManyLockFailure")
_STATE_CODES = ("InvalidJobState", "INVALIDJOBSTATE")
_NO_BULK_CODES = ("INVALIDENTITY", "InvalidEntity")
_QUOTA_CODES = ("ExceededQuota", "EXCEEDEDQUOTA", "LIMIT_EXCEEDED")

REST_CASES: tuple[Case, ...] = (
    *(_row(Unauthorized, code, _EXPIRED, text="expired or invalid")
      for code in _SESSION_CODES),
    *(_row(Unauthorized, code, _SCOPE, Who.APP_ADMIN, Setup.CLIENT_APPS, text="scopes")
      for code in _SESSION_CODES),
    *(_row(Forbidden, code, _NOT_FOR_REST, Who.ORG_ADMIN, Setup.APP_USAGE, text=text)
      for code in _SESSION_CODES
      for text in ("not valid for use with the rest api", "not attached to agent")),
    *(_row(Unauthorized, code, _UNKNOWN_SESSION, Who.PERSON)
      for code in _SESSION_CODES),
    _row(Forbidden, "INVALID_OPERATION_WITH_EXPIRED_PASSWORD", _PASSWORD,
         Who.ORG_ADMIN, Setup.USERS),
    _row(Unauthorized, "INVALID_AUTH_HEADER", _HEADER, Who.APP_ADMIN),
    _row(LimitReached, "REQUEST_LIMIT_EXCEEDED", _CONCURRENT, text="concurrent",
         pause_s=_MINUTE),
    _row(LimitReached, "REQUEST_LIMIT_EXCEEDED", _DAILY, Who.TIME, Setup.COMPANY,
         pause_s=15 * _MINUTE),
    *(_row(LimitReached, code, _BULK_QUOTA, Who.TIME, Setup.BULK_JOBS,
           pause_s=60 * _MINUTE)
      for code in _QUOTA_CODES),
    _row(Forbidden, "API_DISABLED_FOR_ORG", _NO_API, Who.ORG_ADMIN, Setup.COMPANY),
    _row(Forbidden, "API_CURRENTLY_DISABLED", _USER_NO_API, Who.ORG_ADMIN,
         Setup.PERMISSION_SETS),
    _row(Forbidden, "INSUFFICIENT_ACCESS_OR_READONLY", _READ_ONLY, text="read-only"),
    *(_row(Forbidden, code, _NO_ACCESS, Who.ORG_ADMIN, Setup.PERMISSION_SETS)
      for code in _ACCESS_CODES),
    *(_row(Forbidden, code, _TXN, Who.ORG_ADMIN) for code in _TXN_CODES),
    _row(Forbidden, "INSUFFICIENT_ORG_PERMISSIONS", _NO_API, Who.ORG_ADMIN),
    *(_row(InvalidRequest, code, _QUERY, Who.PERSON) for code in _QUERY_CODES),
    _row(InvalidRequest, "INVALID_FIELD", _FIELD, Who.PERSON, Setup.OBJECTS),
    *(_row(InvalidRequest, code, _TYPE, Who.PERSON, Setup.OBJECTS)
      for code in _TYPE_CODES),
    _row(Conflict, "INVALID_QUERY_LOCATOR", _LOCATOR),
    *(_row(InvalidRequest, code, _SLOW, Who.PERSON) for code in _SLOW_CODES),
    *(_row(InvalidRequest, code, _LARGE, Who.PERSON) for code in _LARGE_CODES),
    *(_row(InvalidRequest, code, _BAD_VALUE, Who.PERSON) for code in _VALUE_CODES),
    _row(InvalidRequest, "INVALID_REPLICATION_DATE", _WINDOW),
    *(_row(Transient, code, _LOCKED) for code in _LOCK_CODES),
    *(_row(InvalidRequest, code, _RULE, Who.PERSON) for code in _RULE_CODES),
    _row(NotFound, "NOT_FOUND", _MISSING, Who.PERSON),
    _row(NotFound, "ENTITY_IS_DELETED", _DELETED, Who.PERSON),
    _row(InvalidRequest, "METHOD_NOT_ALLOWED", _METHOD, Who.PERSON),
    *(_row(InvalidRequest, code, _GONE, Who.APP_ADMIN)
      for code in ("GONE", "UNSUPPORTED_API_VERSION")),
    *(_row(Transient, code, _DOWN)
      for code in ("SERVER_UNAVAILABLE", "UNKNOWN_EXCEPTION")),
    _row(Forbidden, "ORG_IN_READ_ONLY_MODE", _READ_ONLY),
    _row(InvalidRequest, "API_ERROR", _NO_BULK, Who.PERSON),
    *(_row(InvalidRequest, code, _NO_BULK, Who.PERSON) for code in _NO_BULK_CODES),
    *(_row(Conflict, code, _BULK_STATE, Who.PERSON) for code in _STATE_CODES),
    _row(InvalidRequest, "BulkJobFailed", _BULK_FAILED, Who.PERSON, Setup.BULK_JOBS),
    _row(Conflict, "BulkJobAborted", _BULK_ABORTED, Who.PERSON, Setup.BULK_JOBS),
    *(_row(InvalidRequest, code, _HALTED, Who.PERSON)
      for code in ("PROCESSING_HALTED", "BATCH_PROCESSING_HALTED")),
)  # fmt: skip
