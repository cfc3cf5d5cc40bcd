"""Settings of worker processes that tests start and kill: short leases, quick ticks."""

from __future__ import annotations

from project.settings import *  # noqa: F403 - settings build on settings
from project.settings import DATABASES, env
from project.settings import SFCONNECTOR as _PROJECT
from tests import mysql_driver

mysql_driver.install_for(DATABASES["default"]["ENGINE"])
SFCONNECTOR = {
    **_PROJECT,
    "DEV_KEY_FILE": "",
    "RUN_LEASE_SECONDS": env.int("TEST_LEASE_SECONDS", default=2),
    "TICK_SECONDS": 1,
    "REFRESH_LEASE_SECONDS": 5,
    "REFRESH_COOLDOWN_SECONDS": 1,
}
