"""Owns the CSV that Bulk API 2.0 writes and reads: delimiters, line ends, values."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from salesforce_simulator.bulk.asking import BulkError

DELIMITERS: Final = {
    "BACKQUOTE": "`",
    "CARET": "^",
    "COMMA": ",",
    "PIPE": "|",
    "SEMICOLON": ";",
    "TAB": "\t",
}
LINE_ENDS: Final = {"LF": "\n", "CRLF": "\r\n"}
_CHUNK_ROWS = 500
Convert = Callable[[Any], str]


@dataclass(frozen=True)
class Dialect:
    """One job's CSV: the names of its column delimiter and its line ending."""

    delimiter_name: str = "COMMA"
    line_name: str = "LF"

    @property
    def delimiter(self) -> str:
        """The character between columns."""
        return DELIMITERS[self.delimiter_name]

    @property
    def line_end(self) -> str:
        """The characters after each row."""
        return LINE_ENDS[self.line_name]

    def line(self, cells: Iterable[str]) -> str:
        """Return one row of cells that are quoted already where they should be."""
        return self.delimiter.join(cells) + self.line_end

    def write(
        self, header: str, rows: Iterable[Sequence[Any]], kinds: Sequence[str]
    ) -> Iterator[bytes]:
        """Return the header line and the rows as UTF-8, some hundred rows at a time.

        kinds are the Salesforce types of the columns. Every value is quoted; null
        is an empty string, as in recorded results.
        """
        converts = [converter(kind) for kind in kinds]
        delimiter, end = self.delimiter, self.line_end
        yield header.encode()
        left = iter(rows)
        while True:
            lines = [
                delimiter.join(
                    [f(value) for f, value in zip(converts, row, strict=True)]
                )
                for row in islice(left, _CHUNK_ROWS)
            ]
            if not lines:
                return
            yield (end.join(lines) + end).encode("utf-8", "surrogatepass")

    def read(self, text: str) -> Iterator[list[str]]:
        """Return the rows of an upload. Raises csv.Error when it is no CSV."""
        stream = io.StringIO(text, newline="")
        csv.field_size_limit(max(csv.field_size_limit(), 400_000))
        rows = csv.reader(stream, delimiter=self.delimiter, strict=True)
        return (row for row in rows if row)


def make_dialect(options: dict[str, Any]) -> Dialect:
    """Return the dialect a job was created with. Raises BulkError for unknown names."""
    delimiter = options.get("columnDelimiter") or "COMMA"
    line = options.get("lineEnding") or "LF"
    kind = options.get("contentType") or "CSV"
    for name, value, known in (
        ("columnDelimiter", delimiter, DELIMITERS),
        ("lineEnding", line, LINE_ENDS),
        ("contentType", kind, {"CSV": ""}),
    ):
        if value not in known:
            raise BulkError(
                400,
                "INVALIDJOB",
                f"InvalidJob : {name} must be one of {', '.join(known)}, not {value}",
            )
    return Dialect(delimiter, line)


def quoted(text: str) -> str:
    """Return a cell in quotation marks."""
    if '"' in text:
        text = text.replace('"', '""')
    return f'"{text}"'


def converter(kind: str) -> Convert:
    """Return the function that makes a cell of a value of a Salesforce type."""
    return {
        "boolean": lambda v: '"true"' if v else '"false"',
        "datetime": _datetime,
        "int": lambda v: '""' if v is None else f'"{v}"',
        "double": _double,
        "currency": _double,
        "percent": _double,
    }.get(kind, _text)


def _text(value: Any) -> str:
    if value is None:
        return '""'
    return quoted(value if isinstance(value, str) else str(value))


def _datetime(value: Any) -> str:
    """CSV writes ``…000Z`` where JSON writes ``…000+0000``."""
    if value is None:
        return '""'
    return f'"{value.removesuffix("+0000")}Z"'


def _double(value: Any) -> str:
    return '""' if value is None else f'"{double_text(value)}"'


def double_text(value: float) -> str:
    """Return a number as recorded results show it: 3.0, 9.12260031E8.

    That is the form of Java's Double.toString: scientific from ten million on and
    below a thousandth.
    """
    number = float(value)
    if number == 0 or 1e-3 <= abs(number) < 1e7:
        plain = repr(number)
        return plain if "e" not in plain else f"{Decimal(plain):f}"
    digits = Decimal(repr(number))
    exponent = digits.adjusted()
    mantissa = str(digits.scaleb(-exponent).normalize())
    if "." not in mantissa:
        mantissa += ".0"
    return f"{mantissa}E{exponent}"
