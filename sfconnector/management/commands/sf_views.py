"""``manage.py sf_views``: make the typed views of objects, or drop them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from sfconnector import typed
from sfconnector.management.command import VerbCommand


class Command(VerbCommand):
    """Make a typed SQL view of each object that a plan reads."""

    help = "Make the typed SQL views of cached records; without names: of every plan."

    def take(self, parser: CommandParser) -> None:
        """Take the objects, and what to do with their views."""
        parser.add_argument("objects", nargs="*", help="API names")
        parser.add_argument("--drop", action="store_true", help="Drop all the views.")
        parser.add_argument(
            "--count",
            action="store_true",
            help="Count the values that fit no column: reads every record.",
        )

    def work(self, **options: Any) -> list[dict[str, Any]]:
        """Make or drop; return what each view holds."""
        if options["drop"]:
            typed.drop()
            return []
        views = typed.make(options["objects"] or None)
        return [
            {
                "object": view.sobject,
                "view": view.name,
                "columns": len(view.columns),
                "left_out": view.left_out,
                "unfit": typed.unfit(view.sobject) if options["count"] else {},
            }
            for view in views
        ]

    def show(self, result: list[dict[str, Any]]) -> None:
        """Print a line per view, then what was left out and what fits no column."""
        if not result:
            self.stdout.write("There are no typed views.")
            return
        head = ["OBJECT", "VIEW", "COLUMNS"]
        rows = [[one["object"], one["view"], one["columns"]] for one in result]
        self.table(rows, head=head)
        for one in result:
            for name, reason in one["left_out"].items():
                self.stdout.write(f"{one['object']}.{name}: left out, {reason}")
            for name, count in one["unfit"].items():
                self.stdout.write(f"{one['object']}.{name}: {count:,} values are NULL")
