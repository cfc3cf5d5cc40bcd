"""The flows of OAuth 2.0 against one login host, for one app."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sfconnector.exceptions import ConfigurationError, SFConnectorError
from sfconnector.salesforce import failures
from sfconnector.salesforce.answers import Answer
from sfconnector.salesforce.hosts import HostPolicy
from sfconnector.salesforce.oauth import assertions, grants
from sfconnector.salesforce.oauth.oauthlib_session import LibrarySession
from sfconnector.salesforce.quiet import quiet
from sfconnector.salesforce.transport import (
    MEGABYTE,
    ONCE,
    CallHook,
    Request,
    Timeouts,
    Transport,
)
from sfconnector.salesforce.types import Identity, Introspection, TokenAnswer
from sfconnector.secret import Secret
from sfconnector.texts import gettext_noop as _

_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_PATH = "/services/oauth2/"
_ASKS_WHO = {"invalid_client", "invalid_client_id"}
"""Codes by which a server asks for the app's own proof (RFC 7009)."""


class OAuthClient:
    """Speaks to the OAuth endpoints of one login host for one app.

    ``consumer_secret`` is None for a public client: Salesforce validates a secret
    whenever one is sent. Raises HostRefused for a host that is not Salesforce's.
    """

    def __init__(
        self,
        login_url: str,
        consumer_key: str,
        consumer_secret: Secret | None,
        *,
        hosts: HostPolicy,
        on_call: CallHook | None = None,
        timeout: float = 30.0,
    ) -> None:
        self.login_origin = hosts.check_login(login_url)
        self._key = consumer_key
        self._secret = consumer_secret or None
        self._hosts = hosts
        self._on_call = on_call
        self._timeouts = Timeouts(read_s=timeout, total_s=timeout)

    @property
    def token_endpoint(self) -> str:
        """Address of the token endpoint, to be frozen when a flow begins."""
        return f"{self.login_origin}{_PATH}token"

    def authorize_url(
        self,
        *,
        redirect_uri: str,
        scopes: tuple[str, ...],
        state: Secret,
        code_challenge: str,
        prompt: str | None = None,
        login_hint: str | None = None,
    ) -> str:
        """Give the address to send the browser to (authorization code with PKCE)."""
        more = {"prompt": prompt, "login_hint": login_hint}
        return self._session(redirect_uri=redirect_uri).authorize_url(
            f"{self.login_origin}{_PATH}authorize",
            scopes=scopes,
            state=state,
            code_challenge=code_challenge,
            code_challenge_method="S256",
            **{name: text for name, text in more.items() if text},
        )

    @quiet
    def exchange_code(
        self, code: Secret, *, redirect_uri: str, verifier: Secret
    ) -> TokenAnswer:
        """Exchange an authorization code for tokens. State is checked by the caller.

        Raises ConsentRequired (code too old or used), ConfigurationError (key, secret
        or callback wrong), Forbidden, Transient, Corrupt.
        """
        session = self._session(redirect_uri=redirect_uri)
        return self._read(
            session.grant(
                self.token_endpoint,
                code=code,
                code_verifier=verifier,
            )
        )

    @quiet
    def client_credentials(self) -> TokenAnswer:
        """Get a token for the app's Run As user; works on My Domain hosts only."""
        if self._secret is None:
            message = _("The client credentials flow needs a consumer secret.")
            raise ConfigurationError(message)
        session = self._session(for_itself=True)
        return self._read(session.grant(self.token_endpoint))

    @quiet
    def refresh(self, refresh_token: Secret) -> TokenAnswer:
        """Get a new access token, and with rotation a new refresh token.

        Sent exactly once. A Transient with the code ``answer_lost``, or a Corrupt,
        leaves open whether the old refresh token still lives; with any other error it
        was not used up. Raises ConsentRequired when the grant is dead.
        """
        session = self._session()
        return self._read(session.renewal(self.token_endpoint, refresh_token))

    @quiet
    def jwt_bearer(
        self,
        *,
        username: str,
        private_key: Secret,
        audience: str | None = None,
        now: datetime | None = None,
    ) -> TokenAnswer:
        """Get a token by a signed assertion (RS256); there is no refresh token.

        ``private_key`` is PEM. The audience is production's or sandbox's login host,
        told by the login address. Raises ConfigurationError for a key it cannot read.
        """
        assertion = assertions.signed(
            issuer=self._key,
            subject=username,
            audience=audience or assertions.audience_of(self.login_origin),
            private_key=private_key,
            now=now,
        )
        return self._read(
            self._post("token", {"grant_type": _JWT_BEARER, "assertion": assertion})
        )

    @quiet
    def revoke(self, token: Secret) -> None:
        """Revoke an access token, or a refresh token with all its access tokens.

        The token itself is the proof; a server that asks for the app's own gets it. A
        token that Salesforce no longer knows raises ConsentRequired.
        """
        try:
            self._post("revoke", {"token": token})
        except SFConnectorError as refused:
            if refused.code not in _ASKS_WHO:
                raise
            self._post("revoke", {"token": token, **self._proof()})

    @quiet
    def introspect(self, token: Secret) -> Introspection:
        """Ask whether a token is alive, until when, and with which scopes."""
        answer = self._post("introspect", {"token": token, **self._proof()})
        return grants.read_introspection(grants.object_of(answer))

    @quiet
    def userinfo(self, access_token: Secret, *, instance_url: str) -> Identity:
        """Ask who is connected; it counts against no limit of the org."""
        request = Request(
            method="GET", path=f"{_PATH}userinfo", judge=failures.oauth_error
        )
        origin = self._hosts.check_instance(instance_url)
        answer = self.send(request, origin=origin, token=access_token)
        return grants.read_identity(grants.object_of(answer))

    def send(
        self, request: Request, *, origin: str, token: Secret | None = None
    ) -> Answer:
        """Send one request of this client, once, and raise what it refuses."""
        transport = Transport(
            hosts=self._hosts, on_call=self._on_call, timeouts=self._timeouts
        )
        try:
            return transport.send(
                request, origin=origin, token=token, retry=ONCE
            ).checked()
        finally:
            transport.close()

    def _session(
        self, *, redirect_uri: str | None = None, for_itself: bool = False
    ) -> LibrarySession:
        return LibrarySession(
            self._key,
            self._secret,
            send=lambda request: self.send(request, origin=self.login_origin),
            redirect_uri=redirect_uri,
            for_itself=for_itself,
        )

    def _proof(self) -> dict[str, Secret]:
        """Give the app's key, and its secret when it has one."""
        proof = {"client_id": Secret(self._key)}
        return (
            proof if self._secret is None else {**proof, "client_secret": self._secret}
        )

    def _post(self, endpoint: str, form: Mapping[str, str | Secret]) -> Answer:
        request = Request(
            method="POST",
            path=f"{_PATH}{endpoint}",
            form=form,
            maximum_bytes=MEGABYTE,
            judge=failures.oauth_error,
        )
        return self.send(request, origin=self.login_origin)

    def _read(self, answer: Answer) -> TokenAnswer:
        return grants.read_token(
            grants.object_of(answer), consumer_secret=self._secret, hosts=self._hosts
        )
