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
from sfconnector.salesforce.failures.cases import Case, Setup, Who, row
from sfconnector.texts import gettext_noop as _

_HALF_HOUR = 30 * 60
_RECONNECT = _("Open the org in the admin and press Reconnect.")
_AGAIN = _("Start again with Connect, and finish within ten minutes.")
_ASK_ADMIN = _("Ask the org's administrator to allow the app, then connect again.")


def _grant(
    text: str,
    words: tuple[str, str, str],
    who: Who,
    setup: Setup = Setup.NONE,
    kind: type[SFConnectorError] = ConsentRequired,
) -> Case:
    pause_s = _HALF_HOUR if kind is LimitReached else None
    return row(kind, "invalid_grant", words, who, setup, text=text, pause_s=pause_s)


_DEAD_GRANT = (
    _("The connection has ended"),
    _("The refresh token expired, was revoked or replaced, or the user is inactive."),
    _RECONNECT,
)
_OLD_CODE = (
    _("The login took too long or was used twice"),
    _("An authorization code is valid for 15 minutes and for one use."),
    _AGAIN,
)
_DOMAIN = (
    _("Wrong login address for client credentials"),
    _("The client credentials flow works at the org's own My Domain address only."),
    _(
        "Set the org's login address to https://<name>.my.salesforce.com, then try "
        "again."
    ),
)
_RUN_AS = (
    _("No Run As user is set"),
    _("The client credentials flow needs a user whose permissions it uses."),
    _("In the app's policies, choose a Run As user for the client credentials flow."),
)
_NOT_APPROVED = (
    _("The user has not approved the app"),
    _(
        "JWT login works only for users who are pre-authorized or have approved the "
        "app."
    ),
    _("Pre-authorize the user's profile or permission set in the app's policies."),
)
_AUDIENCE = (
    _("Wrong audience"),
    _("The assertion was made for another login host."),
    _("Choose the login host that fits the org: production, sandbox or My Domain."),
)
_ASSERTION = (
    _("The signed assertion is not accepted"),
    _("The private key does not belong to the certificate of the app."),
    _("Upload the key's certificate to the app, or save the right private key here."),
)
_IP = (
    _("Login from this address is not allowed"),
    _("The user's profile or the app allows certain IP addresses only."),
    _("Add this server's outgoing addresses to the trusted IP ranges."),
)
_HOURS = (
    _("Outside of the user's login hours"),
    _("The profile of the connected user allows logins at certain hours only."),
    _("Widen the login hours of the profile, or connect as an integration user."),
)
_INACTIVE_USER = (
    _("The user is inactive"),
    _("The user who connected the org was deactivated."),
    _("Activate the user, or reconnect as another one."),
)
_INACTIVE_ORG = (
    _("The org is locked or closed"),
    _("The org is locked, suspended, closed, or its trial has ended."),
    _("Ask the org's administrator; reconnect when the org works again."),
)
_VERIFIER = (
    _("The login was not finished where it was started"),
    _("The code verifier (PKCE) does not fit the login."),
    _AGAIN,
)
_RATE = (
    _("Too many logins"),
    _("Salesforce limits how often one user may log in."),
    _("Wait half an hour; the app waits by itself."),
)
_POLICY = (
    _("The refresh token policy ended the connection"),
    _("The app's refresh token policy lets a connection live for a set time."),
    _("Reconnect; set the policy to 'valid until revoked' if it should last."),
)
_ACTIVATION = (
    _("Salesforce does not accept the activation"),
    _("The user's device or session activation was refused."),
    _RECONNECT,
)
_LOGIN = (
    _("Salesforce does not accept the login"),
    _("The user, its login policy or the app's policy refuses this login."),
    _("Look at the user's login history in Setup, then reconnect."),
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
    _("Wrong consumer key"),
    _("The org has no app with this consumer key."),
    _("Copy the consumer key from the app in Setup; a new app needs ten minutes."),
)
_WRONG_SECRET = (
    _("Wrong consumer secret"),
    _("Salesforce does not accept the consumer secret, or the app was not found."),
    _("Copy consumer key and secret from the app in Setup, and save them here."),
)
_NOT_INSTALLED = (
    _("The app is not installed in this org"),
    _(
        "Since September 2025 an org blocks apps that its administrator has not "
        "installed."
    ),
    _("An administrator connects, then presses Install in Connected Apps OAuth Usage."),
)
_CALLBACK = (
    _("The callback URL is not registered"),
    _("The callback URL must equal one of the app's, character by character."),
    _("Copy the callback URL shown in the admin into the app in Setup."),
)
_SCOPE = (
    _("The app does not have the scopes"),
    _("A scope was asked for that is not selected in the app."),
    _("Select api and refresh_token (and openid) among the app's OAuth scopes."),
)
_BLOCKED = (
    _("An administrator has blocked the app"),
    _("The org's API access control or the app's policies do not admit it."),
    _ASK_ADMIN,
)
_FLOW_OFF = (
    _("The app does not allow this way of logging in"),
    _("This OAuth flow is switched off for the app or for the whole org."),
    _("Enable the flow in the app's OAuth settings."),
)
_ACCESS_DENIED = (
    _("Access was denied"),
    _("Somebody pressed Deny, or the user is not allowed to approve the app."),
    _("Connect again and press Allow, as a user who may approve apps."),
)
_OAUTH_BUG = (
    _("Salesforce does not understand the login request"),
    _("The request to the OAuth endpoint was malformed."),
    _("Report this, with the time and the message, to the developers."),
)
_DOWN = (
    _("Salesforce's login is not available"),
    _("The login service is down or overloaded."),
    _("It is tried again by itself; see status.salesforce.com if it lasts."),
)
_DEAD_TOKEN = (
    _("Salesforce does not know the token"),
    _("The token is expired, revoked or of another org."),
    _RECONNECT,
)
_LEVEL = (
    _("The session is not strong enough"),
    _("The org demands a high-assurance session (multi-factor login) for this app."),
    _("Reconnect with multi-factor login, or relax the app's session policy."),
)
_NO_APPROVAL = (
    _("The user may not approve this app"),
    _("The app is not installed, a scope is missing, or the user is API-only."),
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
    row(ConfigurationError, "app_not_found", _NOT_INSTALLED,
        Who.ORG_ADMIN, Setup.APP_USAGE, text="not installed"),
    *(row(ConfigurationError, code, _WRONG_KEY, Who.APP_ADMIN, Setup.CLIENT_APPS)
      for code in _KEY_CODES),
    row(Forbidden, "invalid_client", _NOT_INSTALLED,
        Who.ORG_ADMIN, Setup.APP_USAGE, text="must be installed"),
    *(row(ConfigurationError, code, _WRONG_SECRET, Who.APP_ADMIN,
          Setup.CLIENT_APPS)
      for code in ("invalid_client", "invalid_client_credentials")),
    *(row(ConfigurationError, code, _CALLBACK, Who.APP_ADMIN, Setup.CLIENT_APPS)
      for code in ("redirect_uri_mismatch", "redirect_uri_missing")),
    row(ConfigurationError, "invalid_scope", _SCOPE, Who.APP_ADMIN,
        Setup.CLIENT_APPS),
    *(row(ConfigurationError, code, _FLOW_OFF, Who.ORG_ADMIN, Setup.CLIENT_APPS)
      for code in _FLOW_CODES + _POLICY_CODES),
    *(row(Forbidden, code, _BLOCKED, Who.ORG_ADMIN, Setup.APP_USAGE)
      for code in _BLOCK_CODES),
    *(row(Forbidden, code, _NO_APPROVAL, Who.ORG_ADMIN, Setup.APP_USAGE)
      for code in ("OAUTH_APPROVAL_ERROR_GENERIC", "invalid_app_access")),
    row(ConsentRequired, "access_denied", _ACCESS_DENIED, Who.PERSON),
    row(ConsentRequired, "access-denied", _ACCESS_DENIED, Who.PERSON),
    row(ConsentRequired, "inactive_user", _INACTIVE_USER, Who.ORG_ADMIN,
        Setup.USERS),
    row(ConsentRequired, "inactive_org", _INACTIVE_ORG, Who.ORG_ADMIN),
    row(Forbidden, "invalid_session_level", _LEVEL, Who.ORG_ADMIN, Setup.SESSION),
    *(row(ConsentRequired, code, _DEAD_TOKEN, Who.PERSON)
      for code in _TOKEN_CODES),
    *(row(LimitReached, code, _RATE, Who.TIME, pause_s=_HALF_HOUR)
      for code in ("rate_limit_exceeded", "slow_down")),
    *(row(Transient, code, _DOWN, Who.TIME) for code in _DOWN_CODES),
    row(ConsentRequired, "invalid_request", _VERIFIER, Who.PERSON,
        text="code verifier"),
    row(InvalidRequest, "invalid_request", _OAUTH_BUG, Who.DEVELOPER),
    *(row(InvalidRequest, code, _OAUTH_BUG, Who.DEVELOPER)
      for code in _BUG_CODES),
)  # fmt: skip
