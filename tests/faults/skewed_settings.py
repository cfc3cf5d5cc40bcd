"""Settings of a worker on a host whose clock is wrong by TEST_SKEW_SECONDS."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import time_machine

from tests.faults.worker_settings import *  # noqa: F403 - settings build on settings
from tests.faults.worker_settings import env

# Its clock goes on from there, in the processes that it forks as well.
time_machine.travel(
    datetime.now(UTC) + timedelta(seconds=env.int("TEST_SKEW_SECONDS")), tick=True
).start()
