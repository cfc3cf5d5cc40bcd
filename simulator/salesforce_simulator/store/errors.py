"""StoreError: a refusal in Salesforce's own words."""

from __future__ import annotations

from collections.abc import Sequence


class StoreError(Exception):
    """A change that was refused: a status code, a message, the fields at fault."""

    def __init__(self, code: str, message: str, fields: Sequence[str] = ()) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.fields = list(fields)
