"""What one known refusal means: a row of the closed table, and how a row is found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sfconnector.exceptions import SFConnectorError
from sfconnector.texts import gettext_noop as _


class Who(StrEnum):
    """Who can put a refusal right."""

    ORG_ADMIN = _("the org's Salesforce administrator")
    APP_ADMIN = _("whoever administers this site")
    PERSON = _("the person who connects")
    TIME = _("nobody: it heals by itself")
    DEVELOPER = _("the developers of this software")


class Setup(StrEnum):
    """Pages of Lightning Setup, relative to the org's origin."""

    NONE = ""
    CLIENT_APPS = "/lightning/setup/ManageExternalClientApplication/home"
    APP_USAGE = "/lightning/setup/ConnectedAppsUsage/home"
    USERS = "/lightning/setup/ManageUsers/home"
    PERMISSION_SETS = "/lightning/setup/PermSets/home"
    PROFILES = "/lightning/setup/EnhancedProfiles/home"
    NETWORK = "/lightning/setup/NetworkAccess/home"
    COMPANY = "/lightning/setup/CompanyProfileInfo/home"
    MY_DOMAIN = "/lightning/setup/OrgDomain/home"
    OBJECTS = "/lightning/setup/ObjectManager/home"
    SESSION = "/lightning/setup/SecuritySession/home"
    BULK_JOBS = "/lightning/setup/AsyncApiJobStatus/home"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A refusal in words for a person."""

    title: str
    cause: str
    remedy: str
    who: str
    setup_path: str
    """Page of the org's Setup where it is put right, or ""."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One known refusal.

    It fits when ``code`` is equal, ``status`` is equal or None, and ``text`` (lower
    case) is part of the message. Among the cases of a code the first that fits counts,
    so those with a text stand before the one without.
    """

    code: str
    text: str = ""
    status: int | None = None
    kind: type[SFConnectorError]
    title: str
    cause: str
    remedy: str
    who: Who
    setup: Setup = Setup.NONE
    pause_s: int | None = None
    """Seconds to wait when the answer does not say how long (limits only)."""

    def fits(self, *, status: int | None, code: str, message: str) -> bool:
        """Tell whether a refusal is this case."""
        return (
            self.code == code
            and self.status in {None, status}
            and self.text in message.lower()
        )

    def explanation(self) -> Explanation:
        """Give the row in words."""
        return Explanation(
            title=self.title,
            cause=self.cause,
            remedy=self.remedy,
            who=str(self.who),
            setup_path=str(self.setup),
        )


def row(  # noqa: PLR0913 - the last three are keyword-only
    kind: type[SFConnectorError],
    code: str,
    words: tuple[str, str, str],
    who: Who = Who.TIME,
    setup: Setup = Setup.NONE,
    *,
    text: str = "",
    status: int | None = None,
    pause_s: int | None = None,
) -> Case:
    """Write a row in one line: ``words`` are its title, its cause and its remedy."""
    title, cause, remedy = words
    return Case(
        code=code,
        text=text,
        status=status,
        kind=kind,
        title=title,
        cause=cause,
        remedy=remedy,
        who=who,
        setup=setup,
        pause_s=pause_s,
    )


def find(
    cases: Iterable[Case], *, status: int | None, code: str, message: str
) -> Case | None:
    """Find the first case that fits, or None: an unknown code has no row."""
    for case in cases:
        if case.fits(status=status, code=code, message=message):
            return case
    return None
