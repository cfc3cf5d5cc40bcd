"""Every secret that passes a pretend org, and the places where none may be seen."""

from __future__ import annotations

import traceback
from types import TracebackType
from typing import Any

from salesforce_simulator import SalesforceOrg
from salesforce_simulator.wire.messages import Request, Response

KINDS = {"consumer secret", "code", "code_verifier", "access_token", "refresh_token"}


class Canaries:
    """Notes each secret that the org sees or gives, by what it is."""

    def __init__(self, simulated: SalesforceOrg) -> None:
        self.found: dict[str, str] = {simulated.consumer_secret: "consumer secret"}
        simulated.before_send.append(self.note)

    def note(self, request: Request, response: Response) -> None:
        """Take the secrets out of one exchange."""
        if request.path == "/services/oauth2/token":
            self._take(request.form, "code", "code_verifier", "refresh_token")
            answer = response.value if isinstance(response.value, dict) else {}
            self._take(answer, "access_token", "refresh_token")

    def _take(self, values: dict[str, Any], *names: str) -> None:
        for name in names:
            if values.get(name):
                self.found[str(values[name])] = name

    def seen_in(self, text: str) -> set[str]:
        """Return the kinds of secret that are seen in a text."""
        return {kind for secret, kind in self.found.items() if secret in text}


def crash_report(error: BaseException) -> str:
    """Write an error as a reporter does that collects the local variables.

    Frames of the libraries below us are not ours to keep clean, except for what our
    own code handed to them, which is seen in our frames.
    """
    parts = [repr(error), str(error), *traceback.format_exception(error)]
    seen: BaseException | None = error
    while seen is not None:
        parts += _locals_of(seen.__traceback__)
        seen = seen.__cause__ or seen.__context__
    return "\n".join(parts)


def _locals_of(trace: TracebackType | None) -> list[str]:
    found = []
    while trace is not None:
        frame = trace.tb_frame
        if "/tests/" not in frame.f_code.co_filename:
            for name, value in frame.f_locals.items():
                found += [f"{name}={value!r}", *_inside(value)]
        trace = trace.tb_next
    return found


def _inside(value: object) -> list[str]:
    """Look one step into containers and objects, as reporters do."""
    if isinstance(value, dict):
        return [f"{key!r}: {one!r}" for key, one in value.items()]
    return [f"{key}={one!r}" for key, one in getattr(value, "__dict__", {}).items()]
