"""OrgState: what one pretend org knows and remembers; its endpoints work on it."""

from __future__ import annotations

import base64
import hashlib
import itertools
from collections.abc import Callable, Collection, Mapping

from salesforce_simulator.apps import ConnectedApp, ConnectedApps
from salesforce_simulator.batches import BatchJobs
from salesforce_simulator.bulk import Jobs
from salesforce_simulator.clock import Clock
from salesforce_simulator.cursors import Cursors
from salesforce_simulator.faults import Faults
from salesforce_simulator.grants import Grants
from salesforce_simulator.journal import Journal
from salesforce_simulator.limits import Limits
from salesforce_simulator.records import Records
from salesforce_simulator.schema import Row
from salesforce_simulator.seed import EMPTY_RECORDS
from salesforce_simulator.users import User, Users
from salesforce_simulator.wire.messages import Request, Response

LOGIN_HOSTS = frozenset({"login.salesforce.com", "test.salesforce.com"})
Hook = Callable[[Request, Response], None]
AssignmentRule = Callable[[Row], str | None]
"""From a row as it is about to be to its owner's id; None leaves the owner as it is.

There is one active rule of an object, as of ``Case``, ``Lead`` or ``Account``.
"""


class OrgState:
    """All that an org remembers, and what tests do to it; see `SalesforceOrg`.

    ``records`` gives the number of seeded rows per object; the same ``name`` and
    ``seed`` give the same ids, rows, consumer key and consumer secret each time.
    """

    actions: Collection[str] = ()
    """The names of what a fault may let happen; `SalesforceOrg` knows them."""

    def __init__(  # noqa: PLR0913 - all but the name are keyword-only
        self,
        name: str = "Acme",
        *,
        records: Mapping[str, int] | None = None,
        seed: int = 1,
        sandbox: bool = False,
        empty: bool = False,
        page_size: int = 2000,
        latency_ms: float = 0.0,
        daily_api_requests: int = 100_000,
    ) -> None:
        self.name = name
        self.seed = seed
        self.is_sandbox = sandbox
        self.page_size = page_size
        self.latency_ms = latency_ms
        self.login_hosts: set[str] = set(LOGIN_HOSTS)
        self.require_login = False
        """True: the authorize form must carry the right password."""
        self.base_url = ""
        self.control_hosts: set[str] = set()
        """Hosts, besides loopback, whose programs may use ``/__simulator__/``."""
        self.read_only = False
        """True: writes are refused as during maintenance; reads go on."""
        self.lists_running_minute = False
        """Whether ``updated`` and ``deleted`` do: what real orgs do is not known."""
        self.assignment_rules: dict[str, AssignmentRule] = {}
        self.moved_to, self.close_old_instance = "", False
        self.clock = Clock()
        self.created = self.clock.now()
        counts = {**(EMPTY_RECORDS if empty else {}), **(records or {})}
        self.records = Records(
            name, seed=seed, is_sandbox=sandbox, clock=self.clock, counts=counts
        )
        self.org_id = self.records.org_id
        self.users = Users(enrol=self.records.enrol)
        self.apps = ConnectedApps()
        self.limits = Limits(daily_api_requests=daily_api_requests)
        self.faults = Faults(actions=self.actions)
        self.requests = Journal()
        self.before_send: list[Hook] = []
        """Called with every request and answer before the answer leaves."""
        self.after_send: list[Hook] = []
        """Called once an answer has left, e.g. to kill the client that asked."""
        self.seen_jtis: set[str] = set()
        self._numbers = itertools.count(1)
        self.grants = Grants(clock=self.clock, org_id=self.org_id)
        self.cursors = Cursors(clock=self.clock)
        self.jobs = Jobs(clock=self.clock)
        self.batch_jobs = BatchJobs(clock=self.clock, pace=lambda: self.jobs.pace)
        self._add_defaults()

    def _add_defaults(self) -> None:
        host = "".join(c for c in self.name.lower() if c.isalnum()) or "org"
        self.users.add(f"admin@{host}.example", first_name="Ada", last_name="Admin")
        digest = hashlib.sha512(f"{self.name}/{self.seed}".encode()).digest()
        self.apps.add(
            consumer_key="3MVG9" + base64.urlsafe_b64encode(digest).decode()[:80],
            consumer_secret=hashlib.sha256(digest).hexdigest().upper(),
            name="sfconnector",
            client_credentials_user=self.users.default.username,
        )

    # -- who and where -------------------------------------------------------

    @property
    def consumer_key(self) -> str:
        return self.apps.default.consumer_key

    @property
    def consumer_secret(self) -> str:
        return self.apps.default.consumer_secret

    @property
    def app(self) -> ConnectedApp:
        """The first connected app."""
        return self.apps.default

    @property
    def user(self) -> User:
        """The first user."""
        return self.users.default

    def instance_url(self, request: Request) -> str:
        """The API base that token answers name."""
        if self.moved_to:
            return self.moved_to
        if self.base_url:
            return self.base_url
        return request.origin

    def identity_url(self, user: User, request: Request) -> str:
        """``<login host>/id/<org id>/<user id>``."""
        return f"{request.origin}/id/{self.org_id}/{user.id}"

    def is_login_host(self, host: str) -> bool:
        """Whether a ``Host`` header names a general log-in host, not the org's own."""
        return host in self.login_hosts or host.partition(":")[0] in self.login_hosts

    @staticmethod
    def bearer(request: Request) -> str:
        """The access token of ``Authorization: Bearer`` (or ``OAuth``), else ""."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        return token.strip() if kind.lower() in {"bearer", "oauth"} else ""

    def username_of(self, request: Request) -> str | None:
        """Whose token the request carries, without extending its life."""
        found = self.grants.peek(self.bearer(request))
        return found.user.username if found else None

    def advance_jobs(self) -> None:
        """Do what bulk jobs of both kinds have to do by now."""
        self.jobs.advance()
        self.batch_jobs.advance()

    def next_number(self) -> int:
        """A number that was not given before."""
        return next(self._numbers)

    def record_counts(self) -> dict[str, int]:
        """Live records per object."""
        return self.records.counts()

    # -- what tests do to it -------------------------------------------------

    def expire_sessions(self, username: str | None = None) -> int:
        """End all access tokens (or one user's); refresh tokens stay good."""
        return self.grants.expire_sessions(user=self._user(username))

    def revoke_grants(self, username: str | None = None) -> int:
        """Revoke all refresh tokens (or one user's) with their access tokens."""
        return self.grants.revoke_all(user=self._user(username))

    def move_instance(self, url: str, *, close_old: bool = False) -> None:
        """Name another ``instance_url`` from now on.

        With ``close_old``, REST requests to any other host get 420, as Salesforce's
        edge answers for a host that it does not route.
        """
        self.moved_to = url.rstrip("/")
        self.close_old_instance = close_old

    def refresh_sandbox(self, *, seed: int) -> None:
        """Become a fresh copy: another org id, other users and rows, no grants.

        Host, connected apps and usernames stay, as in a real sandbox refresh.
        """
        self.seed = seed
        self.records.reseed(seed)
        self.org_id = self.records.org_id
        self.grants = Grants(clock=self.clock, org_id=self.org_id)
        self.cursors.clear()
        self.jobs.clear()
        self.batch_jobs.clear()

    @property
    def refresh_reuses(self) -> int:
        """How often a rotated-out refresh token was sent again."""
        return self.grants.refresh_reuses

    def reset(self, *, records: bool = True, grants: bool = True) -> None:
        """Back to the start: faults, log, limits, clock, records, grants."""
        self.faults.clear()
        self.before_send.clear()
        self.after_send.clear()
        self.requests.clear()
        self.limits.reset()
        self.clock.offset = 0.0
        self.moved_to, self.close_old_instance = "", False
        self.read_only = self.lists_running_minute = False
        self.assignment_rules.clear()
        self.seen_jtis.clear()
        self.cursors.clear()
        self.jobs.clear()
        self.batch_jobs.clear()
        if grants:
            self.grants = Grants(clock=self.clock, org_id=self.org_id)
        if records:
            self.records.reseed(self.seed)

    def ready_line(self) -> dict[str, str]:
        """What the command line prints once requests are taken."""
        return {
            "base_url": self.base_url,
            "consumer_key": self.consumer_key,
            "consumer_secret": self.consumer_secret,
            "username": self.user.username,
            "org_id": self.org_id,
        }

    def _user(self, username: str | None) -> User | None:
        if username is None:
            return None
        user = self.users.get(username)
        if user is None:
            raise LookupError(f"There is no user {username}.")
        return user
