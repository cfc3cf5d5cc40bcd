"""``manage.py sf_query``: ask an org a SOQL question."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from sfconnector import explorer, records
from sfconnector.management.command import PipedCommand, find_org, said_clearly


class Command(PipedCommand):
    """Print the records of a query as JSON lines or CSV."""

    help = "Run a SOQL query against an org and print its records."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say which org, which query, and how to print."""
        parser.add_argument("org", help="alias of the org")
        parser.add_argument("soql", help="for example: SELECT Id, Name FROM Account")
        parser.add_argument(
            "--format",
            choices=["jsonl", "csv"],
            default="jsonl",
            help="default: jsonl, a record per line",
        )
        parser.add_argument(
            "--json", action="store_true", help="one JSON list of all records"
        )
        parser.add_argument(
            "--all-rows", action="store_true", help="deleted and archived ones too"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print one record per line."""
        org = find_org(options["org"])
        with said_clearly():
            rows = explorer.query(
                org, soql=options["soql"], all_rows=options["all_rows"]
            )
            bare = (_without_attributes(row) for row in rows)
            if options["json"]:
                self.stdout.write(json.dumps(list(bare), ensure_ascii=False, indent=2))
                return
            show = self._as_csv if options["format"] == "csv" else self._as_json
            for number, row in enumerate(bare):
                show(row, number)

    def _as_json(self, row: dict[str, Any], _number: int) -> None:
        self.stdout.write(json.dumps(row, ensure_ascii=False))

    def _as_csv(self, row: dict[str, Any], number: int) -> None:
        lines = records.CsvLines()
        if number == 0:
            self.stdout.write(lines.of(row))
        self.stdout.write(lines.of(row.values()))


def _without_attributes(row: dict[str, Any]) -> dict[str, Any]:
    row.pop("attributes", None)
    return row
