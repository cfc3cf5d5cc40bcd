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
    Transient,
    Unauthorized,
)
from sfconnector.salesforce.failures.cases import Case, Setup, Who, row
from sfconnector.texts import gettext_noop as _

_MINUTE = 60

_EXPIRED = (
    _("The access token has expired"),
    _("Sessions end after the time-out that the org sets; a new token is fetched."),
    _("Nothing to do: it is renewed by itself. Reconnect the org if it stays."),
)
_NOT_FOR_REST = (
    _("The session may not use the REST API"),
    _("The org's API access control or the user's licence refuses this app."),
    _(
        "Ask the org's administrator to admit the app to the API; a new token won't "
        "help."
    ),
)
_SCOPE = (
    _("The connection lacks a scope"),
    _("The token was granted without the scope that this address needs."),
    _("Add the scope (usually api) to the app, then reconnect the org."),
)
_UNKNOWN_SESSION = (
    _("Salesforce does not accept the session"),
    _("The session was refused for a reason that the message names."),
    _("Test the connection; reconnect the org when the test fails."),
)
_PASSWORD = (
    _("The user's password has expired"),
    _("The connected user must set a new password before the API answers."),
    _("Reset the user's password, or connect as an integration user without expiry."),
)
_HEADER = (
    _("Salesforce found no token"),
    _("The Authorization header was missing or changed on its way."),
    _("Look at proxies between this server and Salesforce."),
)
_DAILY = (
    _("The org's daily API calls are used up"),
    _("All apps of the org share the calls of a rolling 24 hours."),
    _("Runs wait by themselves; let fewer plans run, or buy more calls."),
)
_CONCURRENT = (
    _("Too many long requests at once"),
    _("An org runs at most 25 requests (5 in Developer Edition) longer than 20 s."),
    _("It is tried again by itself."),
)
_NO_API = (
    _("The org has no API access"),
    _("Its edition or its settings do not include the REST API."),
    _("Ask Salesforce for API access, or connect an org of a larger edition."),
)
_USER_NO_API = (
    _("The user may not use the API"),
    _("The connected user lacks the permission 'API Enabled'."),
    _("Give the user 'API Enabled' by a permission set, or reconnect as another user."),
)
_NO_ACCESS = (
    _("The user may not do this"),
    _("The connected user lacks a permission on the object, the record or a field."),
    _("Give the user access by a permission set (View All Data is best for reading)."),
)
_TXN = (
    _("A transaction security policy stopped this"),
    _("The org's transaction security refused the request."),
    _("Ask the org's administrator to exempt the integration user."),
)
_METERED = (
    _("A transaction security policy could not be evaluated"),
    _("The org runs more of such checks at once than it allows."),
    _(
        "It is tried again by itself; ask for a policy that spares the integration "
        "user."
    ),
)
_QUERY = (
    _("The query is malformed"),
    _("Salesforce cannot read the SOQL; its message shows the place."),
    _("Correct the filter or the field list of the plan."),
)
_FIELD = (
    _("A field does not exist"),
    _("It was deleted or renamed, or the user may not see it."),
    _("Refresh the object's fields; correct the field list or the filter."),
)
_TYPE = (
    _("The object does not exist"),
    _("It was deleted or renamed, or the user may not see it."),
    _("Refresh the org's objects; give the user access to it."),
)
_LOCATOR = (
    _("The query's pages are gone"),
    _("A query can be paged for a limited time, and a user has few of them open."),
    _("It goes on from the last checkpoint by itself."),
)
_SLOW = (
    _("The query takes too long"),
    _("Salesforce stopped the query; it reads too much without an index."),
    _("Read smaller windows or fewer fields, filter on an indexed field, or use Bulk."),
)
_LARGE = (
    _("The request is too large"),
    _("Too many fields, rows or ids were asked for at once."),
    _("Choose fewer fields or rows, or use Bulk."),
)
_BAD_VALUE = (
    _("A value is not accepted"),
    _("The request holds a value of the wrong form."),
    _("Correct the value that the message names."),
)
_WINDOW = (
    _("The window lies too far back"),
    _("Deletions can be asked for 15 days back, changes for 30, sometimes less."),
    _("Run a full pass; it finds what was deleted."),
)
_LOCKED = (
    _("The record is locked"),
    _("Another transaction is changing this record or its parent."),
    _("It is tried again by itself."),
)
_RULE = (
    _("A rule of the org refuses the record"),
    _("A required field, validation rule, duplicate rule or picklist refuses it."),
    _("Correct the record as the message says."),
)
_MISSING = (
    _("There is nothing at this address"),
    _("The object, record, job or API version does not exist, or is hidden."),
    _("Check the name, the id and the API version; refresh the org's objects."),
)
_DELETED = (
    _("The record is already deleted"),
    _("It was deleted before."),
    _("Nothing to do."),
)
_METHOD = (
    _("This method is not allowed here"),
    _("The address does not support the HTTP method."),
    _("Use one of the methods that the message lists."),
)
_GONE = (
    _("The API version is retired"),
    _("Salesforce has switched this API version off."),
    _("Choose a newer API version for the org."),
)
_DOWN = (
    _("Salesforce is not available"),
    _("The instance is overloaded or under maintenance."),
    _("It is tried again by itself; see status.salesforce.com if it lasts."),
)
_READ_ONLY = (
    _("The org is read-only"),
    _("The org is under maintenance and takes no writes."),
    _("Write again when the maintenance has ended; reading goes on."),
)
_NO_BULK = (
    _("The Bulk API does not read this object"),
    _("Some objects, compound fields and subqueries are not in the Bulk API."),
    _("Read it through REST; 'auto' does so by itself."),
)
_BULK_STATE = (
    _("The job is in another state"),
    _("The Bulk job does not allow this step now, or was made by another API version."),
    _("Start the job again."),
)
_BULK_QUOTA = (
    _("The org's Bulk jobs are used up"),
    _("An org may start 10,000 query jobs in a rolling 24 hours."),
    _("Runs wait by themselves, or read through REST."),
)
_BULK_FAILED = (
    _("The Bulk job failed"),
    _("Salesforce gave up on the job, often because it reads too much at once."),
    _("Filter on an indexed field, choose fewer fields, or read through REST."),
)
_BULK_ABORTED = (
    _("The Bulk job was aborted"),
    _("Somebody stopped the job in Setup, or the run was cancelled."),
    _("Start the run again."),
)
_HALTED = (
    _("Undone with the others"),
    _("Another part of the same all-or-none request failed."),
    _("Correct the part that failed."),
)

_SESSION_CODES = ("INVALID_SESSION_ID", "InvalidSessionId")
_ACCESS_CODES = (
    "INSUFFICIENT_ACCESS", "INSUFFICIENT_ACCESS_OR_READONLY",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "FUNCTIONALITY_NOT_ENABLED",
    "FeatureNotEnabled", "FORBIDDEN",
)  # fmt: skip
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
    *(row(Unauthorized, code, _EXPIRED, text="expired or invalid")
      for code in _SESSION_CODES),
    *(row(Unauthorized, code, _SCOPE, Who.APP_ADMIN, Setup.CLIENT_APPS, text="scopes")
      for code in _SESSION_CODES),
    *(row(Forbidden, code, _NOT_FOR_REST, Who.ORG_ADMIN, Setup.APP_USAGE, text=text)
      for code in _SESSION_CODES
      for text in ("not valid for use with the rest api", "not attached to agent")),
    *(row(Unauthorized, code, _UNKNOWN_SESSION, Who.PERSON)
      for code in _SESSION_CODES),
    row(Forbidden, "INVALID_OPERATION_WITH_EXPIRED_PASSWORD", _PASSWORD,
        Who.ORG_ADMIN, Setup.USERS),
    row(Unauthorized, "INVALID_AUTH_HEADER", _HEADER, Who.APP_ADMIN),
    row(LimitReached, "REQUEST_LIMIT_EXCEEDED", _CONCURRENT, text="concurrent",
        pause_s=_MINUTE),
    row(LimitReached, "REQUEST_LIMIT_EXCEEDED", _DAILY, Who.TIME, Setup.COMPANY,
        pause_s=15 * _MINUTE),
    *(row(LimitReached, code, _BULK_QUOTA, Who.TIME, Setup.BULK_JOBS,
          pause_s=60 * _MINUTE)
      for code in _QUOTA_CODES),
    row(Forbidden, "API_DISABLED_FOR_ORG", _NO_API, Who.ORG_ADMIN, Setup.COMPANY),
    row(Forbidden, "API_CURRENTLY_DISABLED", _USER_NO_API, Who.ORG_ADMIN,
        Setup.PERMISSION_SETS),
    row(Forbidden, "INSUFFICIENT_ACCESS_OR_READONLY", _READ_ONLY, text="read-only"),
    *(row(Forbidden, code, _NO_ACCESS, Who.ORG_ADMIN, Setup.PERMISSION_SETS)
      for code in _ACCESS_CODES),
    row(Forbidden, "TXN_SECURITY_NO_ACCESS", _TXN, Who.ORG_ADMIN),
    row(Transient, "TXN_SECURITY_METERING_ERROR", _METERED),
    row(Forbidden, "INSUFFICIENT_ORG_PERMISSIONS", _NO_API, Who.ORG_ADMIN),
    *(row(InvalidRequest, code, _QUERY, Who.PERSON) for code in _QUERY_CODES),
    row(InvalidRequest, "INVALID_FIELD", _FIELD, Who.PERSON, Setup.OBJECTS),
    *(row(InvalidRequest, code, _TYPE, Who.PERSON, Setup.OBJECTS)
      for code in _TYPE_CODES),
    row(Conflict, "INVALID_QUERY_LOCATOR", _LOCATOR),
    *(row(InvalidRequest, code, _SLOW, Who.PERSON) for code in _SLOW_CODES),
    *(row(InvalidRequest, code, _LARGE, Who.PERSON) for code in _LARGE_CODES),
    *(row(InvalidRequest, code, _BAD_VALUE, Who.PERSON) for code in _VALUE_CODES),
    row(InvalidRequest, "INVALID_REPLICATION_DATE", _WINDOW),
    *(row(Transient, code, _LOCKED) for code in _LOCK_CODES),
    *(row(InvalidRequest, code, _RULE, Who.PERSON) for code in _RULE_CODES),
    row(NotFound, "NOT_FOUND", _MISSING, Who.PERSON),
    row(NotFound, "ENTITY_IS_DELETED", _DELETED, Who.PERSON),
    row(InvalidRequest, "METHOD_NOT_ALLOWED", _METHOD, Who.PERSON),
    *(row(InvalidRequest, code, _GONE, Who.APP_ADMIN)
      for code in ("GONE", "UNSUPPORTED_API_VERSION")),
    *(row(Transient, code, _DOWN)
      for code in ("SERVER_UNAVAILABLE", "UNKNOWN_EXCEPTION")),
    row(Forbidden, "ORG_IN_READ_ONLY_MODE", _READ_ONLY),
    row(InvalidRequest, "API_ERROR", _NO_BULK, Who.PERSON),
    *(row(InvalidRequest, code, _NO_BULK, Who.PERSON) for code in _NO_BULK_CODES),
    *(row(Conflict, code, _BULK_STATE, Who.PERSON) for code in _STATE_CODES),
    row(InvalidRequest, "BulkJobFailed", _BULK_FAILED, Who.PERSON, Setup.BULK_JOBS),
    row(Conflict, "BulkJobAborted", _BULK_ABORTED, Who.PERSON, Setup.BULK_JOBS),
    *(row(InvalidRequest, code, _HALTED, Who.PERSON)
      for code in ("PROCESSING_HALTED", "BATCH_PROCESSING_HALTED")),
)  # fmt: skip
