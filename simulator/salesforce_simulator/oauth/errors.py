"""How the OAuth endpoints say no."""

from __future__ import annotations

from salesforce_simulator.refusals import TOKEN, Refusal
from salesforce_simulator.wire.messages import Response


class RefusalError(Exception):
    """A request that an OAuth endpoint refuses, with the answer to give."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal.body))
        self.refusal = refusal

    def response(self) -> Response:
        """The answer, with the headers that such answers carry."""
        response = self.refusal.response()
        response.headers["Cache-Control"] = "no-store"
        response.headers["Pragma"] = "no-cache"
        return response


def refuse(name: str) -> RefusalError:
    """The refusal of this name in the table of token refusals."""
    return RefusalError(TOKEN[name])
