"""Pretend orgs for tests: in a thread of this process, or in one of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from salesforce_simulator import SalesforceOrg


class OrgFactory:
    """Starts orgs that are reachable at ``org.base_url`` until the test ends."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._names = 0

    def __call__(
        self,
        name: str = "",
        *,
        records: Mapping[str, int] | None = None,
        host: str = "127.0.0.1",
        **options: Any,
    ) -> SalesforceOrg:
        """A running org; ``options`` are those of `SalesforceOrg`."""
        from salesforce_simulator import SalesforceOrg, serve

        self._names += 1
        org = SalesforceOrg(name or f"Org {self._names}", records=records, **options)
        self._stack.enter_context(serve(org, host=host))
        return org


@contextmanager
def org_factory() -> Iterator[OrgFactory]:
    """A factory whose orgs all stop at the end of the block."""
    with ExitStack() as stack:
        yield OrgFactory(stack)


@contextmanager
def org_process(*options: str) -> Iterator[dict[str, str]]:
    """An org in a process of its own; gives its ready line.

    ``options`` are those of ``python -m salesforce_simulator``. Raises RuntimeError
    with the process's own words when it does not start.
    """
    command = [sys.executable, "-m", "salesforce_simulator", "--port", "0", *options]
    process = subprocess.Popen(  # noqa: S603 - our own module, no shell
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            _, words = process.communicate(timeout=10)
            raise RuntimeError(f"The simulator did not start: {words.strip()}")
        yield json.loads(line)
    finally:
        process.terminate()
        process.communicate(timeout=10)
