"""The tables of a simulated org as files: objects, fields, picklists, refusals, names.

They are JSON because they are read at each start, which TOML would slow down. A file
`objects/X.json` describes one object; see `schema/standard/described.py`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def read(name: str) -> Any:
    """The table in ``<name>.json``."""
    return json.loads((FOLDER / f"{name}.json").read_bytes())


def text(name: str) -> str:
    """A file as it is."""
    return (FOLDER / name).read_text(encoding="utf-8")
