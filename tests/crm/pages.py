"""The code of a how-to page, run as the modules of the host that it belongs to."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

import tests.crm
import tests.crm.models
from tests.documents import blocks


def code_of(page: str, begins: str) -> str:
    """Return the one block of a how-to that begins so."""
    found = blocks.blocks_of(blocks.ROOT / "docs" / "how-to" / page)
    [text] = [one.text for one in found if one.text.startswith(begins)]
    return text


def as_module(monkeypatch: pytest.MonkeyPatch, name: str, code: str) -> ModuleType:
    """Run code as a module of the host ``crm``, whose tables are those of tests."""
    monkeypatch.setitem(sys.modules, "crm", tests.crm)
    monkeypatch.setitem(sys.modules, "crm.models", tests.crm.models)
    module = ModuleType(f"crm.{name}")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(code, module.__name__, "exec"), vars(module))
    return module
