"""Place: where an org is reached, and the ids of what it is set up with."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from salesforce_simulator import ids


@dataclass(frozen=True)
class Place:
    """The addresses that metadata names, and ids that stay the same for one org."""

    origin: str
    """Such as ``https://acme.my.salesforce.com``."""
    version: str
    """Such as ``66.0``."""
    instance: str
    """The three characters of the org's ids behind the key prefix."""

    def url(self, path: str) -> str:
        """The relative address of a REST resource."""
        return f"/services/data/v{self.version}/{path}"

    def id(self, prefix: str, name: str) -> str:
        """The id of the setting of this name; `prefix` tells its kind."""
        number = zlib.crc32(name.lower().encode())
        return ids.make(prefix, number, instance=self.instance)
