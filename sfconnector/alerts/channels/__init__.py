"""The ways by which people are told: each module of this folder is one.

A channel is a module with two functions, ``is_on`` and ``tell``; the name of the module
is the name under which an alert remembers what the channel has told already. A new
file here is a new channel, nothing else has to be named.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Protocol, cast

from sfconnector.alerts.notices import Notice

__all__ = ["Channel", "channels"]


class Channel(Protocol):
    """What a module of this folder offers."""

    def is_on(self) -> bool:
        """Tell whether the site is set up to tell people by this channel."""

    def tell(self, notice: Notice) -> None:
        """Deliver; raise OSError or ConfigurationError when that was not possible.

        ``requests.RequestException`` and ``smtplib.SMTPException`` are OSErrors.
        """


def channels() -> dict[str, Channel]:
    """Return the channels that are on, by name."""
    modules = {
        found.name: cast("Channel", importlib.import_module(f"{__name__}.{found.name}"))
        for found in pkgutil.iter_modules(__path__)
    }
    return {name: module for name, module in modules.items() if module.is_on()}
