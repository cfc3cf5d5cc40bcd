"""Loads two objects of one org into DuckDB with an unmodified dlt.

Reads [base URL, access token, folder] from standard input; prints the rows loaded.
"""

from __future__ import annotations

import json
import sys

import dlt
from dlt.sources.rest_api import rest_api_source

URL, TOKEN, FOLDER = json.load(sys.stdin)
source = rest_api_source(
    {
        "client": {
            "base_url": f"{URL}/services/data/v66.0/",
            "auth": {"type": "bearer", "token": TOKEN},
            "paginator": {"type": "json_link", "next_url_path": "nextRecordsUrl"},
        },
        "resources": [
            {
                "name": name.lower(),
                "primary_key": "Id",
                "endpoint": {
                    "path": "query",
                    "params": {"q": f"SELECT Id, Name, SystemModstamp FROM {name}"},
                    "data_selector": "records",
                },
            }
            for name in ("Account", "Contact")
        ],
    }
)
pipeline = dlt.pipeline(
    "journey",
    destination=dlt.destinations.duckdb(f"{FOLDER}/rows.duckdb"),
    dataset_name="org",
    pipelines_dir=f"{FOLDER}/pipelines",
)
pipeline.run(source)
with pipeline.sql_client() as sql:
    counts = {
        table: sql.execute_sql(f"SELECT COUNT(DISTINCT id) FROM {table}")[0][0]
        for table in ("account", "contact")
    }
print(json.dumps(counts))
