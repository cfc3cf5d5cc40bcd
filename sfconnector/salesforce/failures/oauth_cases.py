"""The refusals of Salesforce's OAuth endpoints, one row each.

Codes: the enum of Salesforce's own Mobile SDK (``OAuthErrorCode``) and the help page
"OAuth 2.0 flow errors". Texts are those that orgs were seen to send.
"""

from __future__ import annotations

from sfconnector.exceptions import (
    ConfigurationError,
    ConsentRequired,
    Forbidden,
    InvalidRequest,
    LimitReached,
    SFConnectorError,
    Transient,
)
from sfconnector.salesforce.failures.cases import Case, Setup, Who

_RECONNECT = "Open the org in the admin and press Reconnect."
_AGAIN = "Start again with Connect, and finish within ten minutes."
_ASK_ADMIN = "Ask the org's administrator to allow the app, then connect again."


def _row(
    kind: type[SFConnectorError],
    code: str,
    text: str,
    words: tuple[str, str, str],
    who: Who,
    setup: Setup = Setup.NONE,
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
        pause_s=30 * 60 if kind is LimitReached else None,
    )


def _grant(
    text: str,
    words: tuple[str, str, str],
    who: Who,
    setup: Setup = Setup.NONE,
    kind: type[SFConnectorError] = ConsentRequired,
) -> Case:
    return _row(kind, "invalid_grant", text, words, who, setup)


_DEAD_GRANT = (
    "The connection has ended",
    "The refresh token expired, was revoked or replaced, or the user is inactive.",
    _RECONNECT,
)
_OLD_CODE = (
    "The login took too long or was used twice",
    "An authorization code is valid for 15 minutes and for one use.",
    _AGAIN,
)
_DOMAIN = (
    "Wrong login address for client credentials",
    "The client credentials flow works at the org's own My Domain address only.",
    "Set the org's login address to https://<name>.my.salesforce.com, then try again.",
)
_RUN_AS = (
    "No Run As user is set",
    "The client credentials flow needs a user whose permissions it uses.",
    "In the app's policies, choose a Run As user for the client credentials flow.",
)
_NOT_APPROVED = (
    "The user has not approved the app",
    "JWT login works only for users who are pre-authorized or have approved the app.",
    "Pre-authorize the user's profile or permission set in the app's policies.",
)
_AUDIENCE = (
    "Wrong audience",
    "The assertion was made for another login host.",
    "Choose the login host that fits the org: production, sandbox or My Domain.",
)
_ASSERTION = (
    "The signed assertion is not accepted",
    "The private key does not belong to the certificate of the app.",
    "Upload the key's certificate to the app, or save the right private key here.",
)
_IP = (
    "Login from this address is not allowed",
    "The user's profile or the app allows certain IP addresses only.",
    "Add this server's outgoing addresses to the trusted IP ranges.",
)
_HOURS = (
    "Outside of the user's login hours",
    "The profile of the connected user allows logins at certain hours only.",
    "Widen the login hours of the profile, or connect as an integration user.",
)
_INACTIVE_USER = (
    "The user is inactive",
    "The user who connected the org was deactivated.",
    "Activate the user, or reconnect as another one.",
)
_INACTIVE_ORG = (
    "The org is locked or closed",
    "The org is locked, suspended, closed, or its trial has ended.",
    "Ask the org's administrator; reconnect when the org works again.",
)
_VERIFIER = (
    "The login was not finished where it was started",
    "The code verifier (PKCE) does not fit the login.",
    _AGAIN,
)
_RATE = (
    "Too many logins",
    "Salesforce limits how often one user may log in.",
    "Wait half an hour; the app waits by itself.",
)
_POLICY = (
    "The refresh token policy ended the connection",
    "The app's refresh token policy lets a connection live for a set time.",
    "Reconnect; set the policy to 'valid until revoked' if it should last.",
)
_ACTIVATION = (
    "Salesforce does not accept the activation",
    "The user's device or session activation was refused.",
    _RECONNECT,
)
_LOGIN = (
    "Salesforce does not accept the login",
    "The user, its login policy or the app's policy refuses this login.",
    "Look at the user's login history in Setup, then reconnect.",
)

_GRANT = (
    _grant("not supported on this domain", _DOMAIN, Who.APP_ADMIN,
           kind=ConfigurationError),
    _grant("no client credentials user", _RUN_AS, Who.ORG_ADMIN, Setup.CLIENT_APPS,
           Forbidden),
    _grant("user hasn't approved", _NOT_APPROVED, Who.ORG_ADMIN, Setup.CLIENT_APPS,
           Forbidden),
    _grant("audience", _AUDIENCE, Who.APP_ADMIN, kind=ConfigurationError),
    _grant("invalid assertion", _ASSERTION, Who.APP_ADMIN, Setup.CLIENT_APPS,
           ConfigurationError),
    _grant("ip restricted", _IP, Who.ORG_ADMIN, Setup.NETWORK, Forbidden),
    _grant("login hours", _HOURS, Who.ORG_ADMIN, Setup.PROFILES, Forbidden),
    _grant("authorization code", _OLD_CODE, Who.PERSON),
    _grant("code verifier", _VERIFIER, Who.PERSON),
    _grant("inactive org", _INACTIVE_ORG, Who.ORG_ADMIN),
    _grant("inactive user", _INACTIVE_USER, Who.ORG_ADMIN, Setup.USERS),
    _grant("user is inactive", _INACTIVE_USER, Who.ORG_ADMIN, Setup.USERS),
    _grant("login rate exceeded", _RATE, Who.TIME, kind=LimitReached),
    _grant("expired access/refresh token", _DEAD_GRANT, Who.PERSON),
    _grant("token validity expired", _POLICY, Who.ORG_ADMIN, Setup.CLIENT_APPS),
    _grant("activation secret invalid", _ACTIVATION, Who.PERSON),
    _grant("authentication failure", _LOGIN, Who.ORG_ADMIN, Setup.USERS),
    _grant("", _DEAD_GRANT, Who.PERSON),
)  # fmt: skip

_WRONG_KEY = (
    "Wrong consumer key",
    "The org has no app with this consumer key.",
    "Copy the consumer key from the app in Setup; a new app needs ten minutes.",
)
_WRONG_SECRET = (
    "Wrong consumer secret",
    "Salesforce does not accept the consumer secret, or the app was not found.",
    "Copy consumer key and secret from the app in Setup, and save them here.",
)
_NOT_INSTALLED = (
    "The app is not installed in this org",
    "Since September 2025 an org blocks apps that its administrator has not installed.",
    "An administrator connects, then presses Install in Connected Apps OAuth Usage.",
)
_CALLBACK = (
    "The callback URL is not registered",
    "The callback URL must equal one of the app's, character by character.",
    "Copy the callback URL shown in the admin into the app in Setup.",
)
_SCOPE = (
    "The app does not have the scopes",
    "A scope was asked for that is not selected in the app.",
    "Select api and refresh_token (and openid) among the app's OAuth scopes.",
)
_BLOCKED = (
    "An administrator has blocked the app",
    "The org's API access control or the app's policies do not admit it.",
    _ASK_ADMIN,
)
_FLOW_OFF = (
    "The app does not allow this way of logging in",
    "This OAuth flow is switched off for the app or for the whole org.",
    "Enable the flow in the app's OAuth settings.",
)
_ACCESS_DENIED = (
    "Access was denied",
    "Somebody pressed Deny, or the user is not allowed to approve the app.",
    "Connect again and press Allow, as a user who may approve apps.",
)
_OAUTH_BUG = (
    "Salesforce does not understand the login request",
    "The request to the OAuth endpoint was malformed.",
    "Report this, with the time and the message, to the developers.",
)
_DOWN = (
    "Salesforce's login is not available",
    "The login service is down or overloaded.",
    "It is tried again by itself; see status.salesforce.com if it lasts.",
)
_DEAD_TOKEN = (
    "Salesforce does not know the token",
    "The token is expired, revoked or of another org.",
    _RECONNECT,
)
_LEVEL = (
    "The session is not strong enough",
    "The org demands a high-assurance session (multi-factor login) for this app.",
    "Reconnect with multi-factor login, or relax the app's session policy.",
)
_NO_APPROVAL = (
    "The user may not approve this app",
    "The app is not installed, a scope is missing, or the user is API-only.",
    _ASK_ADMIN,
)

_KEY_CODES = ("invalid_client_id", "app_not_found")
_BLOCK_CODES = ("OAUTH_APP_BLOCKED", "app_blocked", "fail_close_app_blocked")
_BUG_CODES = (
    "invalid_assertion_type", "bad_jti_claim", "unsupported_response_type",
    "unsupported_token_type", "invalid_basic_auth_header", "invalid_dpop_proof",
    "use_dpop_nonce", "immediate_unsuccessful",
)  # fmt: skip
_FLOW_CODES = ("unsupported_grant_type", "oauth_flow_disabled")
_POLICY_CODES = ("oauth_policy_not_found", "ecapp_policy_not_found")
_DOWN_CODES = ("server_error", "service_unavailable", "system_down", "unknown_error")
_TOKEN_CODES = ("invalid_token", "Bad_OAuth_Token", "Missing_OAuth_Token", "Wrong_Org")

OAUTH_CASES: tuple[Case, ...] = (
    *_GRANT,
    _row(ConfigurationError, "app_not_found", "not installed", _NOT_INSTALLED,
         Who.ORG_ADMIN, Setup.APP_USAGE),
    *(_row(ConfigurationError, code, "", _WRONG_KEY, Who.APP_ADMIN, Setup.CLIENT_APPS)
      for code in _KEY_CODES),
    _row(Forbidden, "invalid_client", "must be installed", _NOT_INSTALLED,
         Who.ORG_ADMIN, Setup.APP_USAGE),
    *(_row(ConfigurationError, code, "", _WRONG_SECRET, Who.APP_ADMIN,
           Setup.CLIENT_APPS)
      for code in ("invalid_client", "invalid_client_credentials")),
    *(_row(ConfigurationError, code, "", _CALLBACK, Who.APP_ADMIN, Setup.CLIENT_APPS)
      for code in ("redirect_uri_mismatch", "redirect_uri_missing")),
    _row(ConfigurationError, "invalid_scope", "", _SCOPE, Who.APP_ADMIN,
         Setup.CLIENT_APPS),
    *(_row(ConfigurationError, code, "", _FLOW_OFF, Who.ORG_ADMIN, Setup.CLIENT_APPS)
      for code in _FLOW_CODES + _POLICY_CODES),
    *(_row(Forbidden, code, "", _BLOCKED, Who.ORG_ADMIN, Setup.APP_USAGE)
      for code in _BLOCK_CODES),
    *(_row(Forbidden, code, "", _NO_APPROVAL, Who.ORG_ADMIN, Setup.APP_USAGE)
      for code in ("OAUTH_APPROVAL_ERROR_GENERIC", "invalid_app_access")),
    _row(ConsentRequired, "access_denied", "", _ACCESS_DENIED, Who.PERSON),
    _row(ConsentRequired, "access-denied", "", _ACCESS_DENIED, Who.PERSON),
    _row(ConsentRequired, "inactive_user", "", _INACTIVE_USER, Who.ORG_ADMIN,
         Setup.USERS),
    _row(ConsentRequired, "inactive_org", "", _INACTIVE_ORG, Who.ORG_ADMIN),
    _row(Forbidden, "invalid_session_level", "", _LEVEL, Who.ORG_ADMIN, Setup.SESSION),
    *(_row(ConsentRequired, code, "", _DEAD_TOKEN, Who.PERSON)
      for code in _TOKEN_CODES),
    *(_row(LimitReached, code, "", _RATE, Who.TIME)
      for code in ("rate_limit_exceeded", "slow_down")),
    *(_row(Transient, code, "", _DOWN, Who.TIME) for code in _DOWN_CODES),
    _row(ConsentRequired, "invalid_request", "code verifier", _VERIFIER, Who.PERSON),
    _row(InvalidRequest, "invalid_request", "", _OAUTH_BUG, Who.DEVELOPER),
    *(_row(InvalidRequest, code, "", _OAUTH_BUG, Who.DEVELOPER)
      for code in _BUG_CODES),
)  # fmt: skip
