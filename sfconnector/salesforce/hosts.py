"""Which hosts are Salesforce's: the allow-list every address passes before its use."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import SplitResult, unquote, urlsplit

from sfconnector.exceptions import HostRefused
from sfconnector.texts import gettext_noop

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_MY_DOMAIN = re.compile(
    rf"{_LABEL}(?:\.{_LABEL})?"
    r"\.(?:my\.salesforce\.com|my\.salesforce\.mil|my\.sfcrmproducts\.cn"
    r"|my-salesforce\.com)"
)
"""One label for the org and at most one for the partition (sandbox, develop, …)."""
_GENERIC_LOGIN = frozenset({"login.salesforce.com", "test.salesforce.com"})
_INSTANCE = re.compile(r"[a-z]{2,4}\d{1,4}[a-z]?\.salesforce\.com")
"""Instance hosts of orgs that have not been moved to My Domain addresses."""
_USER_INTERFACE = re.compile(
    r"\.(?:lightning\.(?:force\.com|crmforce\.mil)|lightning\.sfcrmapps\.cn"
    r"|my-lightning\.com|my\.salesforce-setup\.com)$"
)
_PRINTABLE = re.compile(r"[!-~]+")
_PATH = re.compile(r"/services/[!-~]*")
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class HostPolicy:
    """Salesforce's hosts, and those that the host project adds.

    ``extra`` holds ``host`` or ``host:port`` as they stand in an address, such as
    ``127.0.0.1:9001``; a loopback host without a port stands for all its ports. Plain
    http is accepted for loopback addresses among them only.
    """

    extra: tuple[str, ...] = ()

    def check_login(self, url: str) -> str:
        """Give the origin of a login URL, or raise HostRefused.

        Accepted are the two generic hosts and every My Domain host.
        """
        return self._check(url, instance=False)

    def check_instance(self, url: str) -> str:
        """Give the origin of an instance URL, or raise HostRefused.

        Accepted are My Domain hosts and the older instance hosts (``na1`` …).
        """
        return self._check(url, instance=True)

    def check_path(self, path: str) -> str:
        """Give back a path below ``/services/``, or raise HostRefused.

        It cannot leave the origin it is joined to, nor climb out of ``/services/``.
        """
        return check_path(path)

    def _check(self, url: str, *, instance: bool) -> str:
        parts = _split(url)
        netloc = parts.netloc.lower()
        if self.lists(parts):
            if parts.scheme == "https" or self._is_listed_loopback(parts):
                return f"{parts.scheme}://{netloc}"
            _refuse(netloc, gettext_noop("only loopback addresses may use plain http"))
        if parts.scheme != "https":
            _refuse(
                netloc,
                gettext_noop("it must start with https://{listed}").format(
                    listed=_or_be_listed(parts)
                ),
            )
        if _USER_INTERFACE.search(netloc):
            _refuse(
                netloc,
                gettext_noop(
                    "that is the address of its pages; take the My Domain one"
                ),
            )
        if not _is_salesforce(netloc, instance=instance):
            _refuse(
                netloc,
                gettext_noop("it is not a host of Salesforce{listed}").format(
                    listed=_or_be_listed(parts)
                ),
            )
        return f"https://{netloc}"

    def lists(self, parts: SplitResult) -> bool:
        """Tell whether a split address is one of the extra hosts."""
        listed = {entry.strip().lower() for entry in self.extra}
        host = parts.netloc.lower().removesuffix(f":{parts.port}")
        is_bare = host in listed and is_loopback(parts.hostname or "")
        return parts.netloc.lower() in listed or is_bare

    def _is_listed_loopback(self, parts: SplitResult) -> bool:
        return self.lists(parts) and is_loopback(parts.hostname or "")


def _or_be_listed(parts: SplitResult) -> str:
    """Name the setting for hosts of this machine: there a simulated org may be."""
    if not is_loopback(parts.hostname or ""):
        return ""
    return gettext_noop(", or stand in EXTRA_HOSTS of the setting SFCONNECTOR")


def check_path(path: str) -> str:
    """Give back a path below ``/services/``, or raise HostRefused (see HostPolicy)."""
    place = path.partition("?")[0]
    unsafe = (
        not _PATH.fullmatch(path)
        or any(mark in place for mark in ("//", "\\", "@", ";"))
        or "#" in path
        or "\\" in path
        or any(part in {".", ".."} for part in unquote(place).split("/"))
    )
    if unsafe:
        message = gettext_noop("This path is refused: it must stay below /services/.")
        raise HostRefused(
            message, remedy=gettext_noop("Use a path that starts with /services/.")
        )
    return path


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_salesforce(netloc: str, *, instance: bool) -> bool:
    if _MY_DOMAIN.fullmatch(netloc):
        return True
    if instance:
        return bool(_INSTANCE.fullmatch(netloc))
    return netloc in _GENERIC_LOGIN


def _split(url: str) -> SplitResult:
    if not _PRINTABLE.fullmatch(url) or len(url) > _LONGEST:
        _refuse("", gettext_noop("it holds characters that no address has"))
    if any(mark in url for mark in ("\\", "@", "%", "#", "?")):
        _refuse("", gettext_noop("it must be https:// and a host name, nothing else"))
    try:
        parts = urlsplit(url)
        _ = parts.port, parts.hostname
    except ValueError:
        _refuse("", gettext_noop("it is not an address"))
    if parts.scheme not in {"https", "http"} or not parts.netloc:
        _refuse(parts.netloc, gettext_noop("it must start with https://"))
    if parts.path not in {"", "/"}:
        _refuse(
            parts.netloc,
            gettext_noop("it must be https:// and a host name, nothing else"),
        )
    return parts


def _refuse(netloc: str, reason: str) -> NoReturn:
    name = f"{netloc[:100]} " if netloc else ""
    message = gettext_noop("The address {name}is refused: {reason}.").format(
        name=name, reason=reason
    )
    raise HostRefused(message)
