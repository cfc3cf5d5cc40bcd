"""requests-oauthlib, held on a short leash.

By itself the library has no time-out, follows a redirect with the code in hand, and
takes a maintenance page for an answer. So it only forms the requests; they leave
through our own transport, and their answers are judged before it reads them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from oauthlib.oauth2 import BackendApplicationClient, OAuth2Error
from requests_oauthlib import OAuth2Session

from sfconnector.exceptions import Corrupt
from sfconnector.salesforce import failures
from sfconnector.salesforce.answers import Answer
from sfconnector.salesforce.oauth.grants import object_of
from sfconnector.salesforce.transport import MEGABYTE, Request
from sfconnector.secret import Secret
from sfconnector.texts import gettext_noop


@dataclass(frozen=True, slots=True)
class _Sent:
    """Nothing of what was sent: the library only writes it to its log."""

    url: str = ""
    headers: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class _Reply:
    """As much of a response as the library looks at; its log shows no header."""

    status_code: int
    text: str
    headers: tuple[str, ...] = ()
    request: _Sent = field(default_factory=_Sent)


class LibrarySession(OAuth2Session):
    """Forms authorize addresses and token requests; ``send`` carries them.

    It has no scope, so none is sent at the token step and none is compared there.
    """

    def __init__(
        self,
        consumer_key: str,
        consumer_secret: Secret | None,
        *,
        send: Callable[[Request], Answer],
        redirect_uri: str | None = None,
        for_itself: bool = False,
    ) -> None:
        client = BackendApplicationClient(consumer_key) if for_itself else None
        super().__init__(
            client_id=consumer_key, client=client, redirect_uri=redirect_uri
        )
        self._carry = send
        self._consumer_secret = consumer_secret
        self._answer: Answer | None = None

    def authorize_url(
        self, url: str, *, scopes: tuple[str, ...], state: Secret, **more: str
    ) -> str:
        """Give the authorize address, with the scheme that ``url`` has."""
        self.scope = list(scopes) or None
        made, _ = self.authorization_url(
            _seen_secure(url), state=state.reveal(), **more
        )
        return f"{urlsplit(url).scheme}:{str(made).partition(':')[2]}"

    def grant(self, token_endpoint: str, **more: Secret) -> Answer:
        """Ask for tokens; key and secret go in the body."""
        secret = self._consumer_secret
        plain: Any = {name: one.reveal() for name, one in more.items()}
        try:
            self.fetch_token(
                _seen_secure(token_endpoint),
                include_client_id=True,
                client_secret=secret.reveal() if secret is not None else None,
                **plain,
            )
        except OAuth2Error as error:
            raise _unreadable(error) from None
        return self._received()

    def renewal(self, token_endpoint: str, refresh_token: Secret) -> Answer:
        """Ask for a new access token; key and secret go in the body."""
        more: dict[str, Any] = {"client_id": self.client_id}
        if self._consumer_secret is not None:
            more["client_secret"] = self._consumer_secret.reveal()
        try:
            self.refresh_token(
                _seen_secure(token_endpoint),
                refresh_token=refresh_token.reveal(),
                **more,
            )
        except OAuth2Error as error:
            raise _unreadable(error) from None
        return self._received()

    def request(  # type: ignore[override]  # the library calls it so and no other way
        self, method: str, url: str, *, data: dict[str, str], **_: Any
    ) -> _Reply:
        """Carry a request of the library; raise what the answer refuses."""
        request = Request(
            method=method,
            path=urlsplit(url).path,
            form=data,
            maximum_bytes=MEGABYTE,
            judge=failures.oauth_error,
        )
        self._answer = self._carry(request)
        object_of(self._answer)
        return _Reply(self._answer.status, self._answer.text)

    def _received(self) -> Answer:
        if self._answer is None:
            raise Corrupt
        return self._answer


def _seen_secure(url: str) -> str:
    """Name an address https for the library, which refuses a loopback's http.

    Where the request really goes is decided by ``send`` alone.
    """
    return f"https:{url.partition(':')[2]}"


def _unreadable(error: OAuth2Error) -> Corrupt:
    """Make our error of the library's, whose own text may hold what was sent."""
    name = type(error).__name__
    return Corrupt(
        gettext_noop(
            "The answer of Salesforce's login service is unusable ({name})."
        ).format(name=name)
    )
