"""PyMySQL in the place of mysqlclient, which has to be built: for tests on MariaDB."""

from __future__ import annotations


def install_for(engine: str) -> None:
    """Let Django find the driver where its database is MySQL or MariaDB."""
    if engine.endswith("mysql"):
        import pymysql

        pymysql.install_as_MySQLdb()
