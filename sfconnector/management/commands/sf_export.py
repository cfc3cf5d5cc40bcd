"""``manage.py sf_export``: write cached records to a file."""

from __future__ import annotations

import contextlib
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from sfconnector import audit, catalog, records
from sfconnector.management.command import PipedCommand, find_org
from sfconnector.models import Record, SObject


class Command(PipedCommand):
    """Stream the live records of an object as CSV or JSON lines."""

    help = "Export the cached records of an object as CSV or JSON lines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what to export and where to."""
        parser.add_argument("org", help="alias of the org")
        parser.add_argument("object", help="API name")
        parser.add_argument("--format", choices=["csv", "jsonl"], default="csv")
        parser.add_argument(
            "--json", action="store_true", help="the same as --format jsonl"
        )
        parser.add_argument(
            "--fields", default="", help="API names separated by commas; none: all"
        )
        parser.add_argument("--output", default="", help="file; default: the terminal")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write line by line: memory stays flat."""
        org = find_org(options["org"])
        name = catalog.canonical_name(org, options["object"])
        sobject = SObject.objects.filter(org=org, name=name).first()
        if sobject is None:
            raise CommandError(f"Nothing of {name} is cached for {org.alias}.")
        fields = [one.strip() for one in options["fields"].split(",") if one.strip()]
        masks = catalog.masks_of(org)
        masked = [one for one in fields if masks.hides(one, of=name)]
        if masked:
            raise CommandError(f"Masked on this site: {', '.join(masked)}.")
        rows = Record.objects.of(org, name).live()
        if options["format"] == "csv" and not options["json"]:
            lines = records.as_csv(rows, fields=fields or _all_fields(sobject))
        else:
            lines = records.as_json_lines(rows, fields=fields)
        audit.append("records.exported", org=org, detail={"object": name})
        with contextlib.ExitStack() as stack:
            write: Callable[[str], object] = self.stdout.write
            if options["output"]:
                path = Path(options["output"])
                opened = stack.enter_context(path.open("w", encoding="utf-8"))
                write = opened.write
            for line in lines:
                write(line)


def _all_fields(sobject: SObject) -> list[str]:
    fields = catalog.fields_of(sobject, deferred=["describe"])
    return [name for name in fields if name != "Id" and not fields[name].is_hidden]
