"""The documents name what there is, and there is what the documents name."""

from __future__ import annotations

import re
from pathlib import Path

from django.core.management import get_commands

from sfconnector import conf, permissions, signals
from sfconnector.urls import urlpatterns

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return REFERENCE.split(f"## {title}\n")[1].split("\n## ")[0]


def first_cells(title: str) -> set[str]:
    return set(re.findall(r"^\| `([^`\s]+)", section(title), flags=re.MULTILINE))


def test_every_setting_is_documented():
    assert first_cells("Settings") == {name.upper() for name in conf.FIELDS}


def test_every_signal_is_documented():
    there = {name for name in vars(signals) if name.islower() and name[0] != "_"}
    assert first_cells("Signals") == there - {"annotations"}


def test_every_permission_is_documented():
    assert first_cells("Permissions") == {codename for codename, _ in permissions.ALL}


def test_every_command_is_documented():
    ours = {name for name, app in get_commands().items() if app == "sfconnector"}
    assert first_cells("Commands") == ours


def test_the_documented_urls_are_those_that_exist():
    assert first_cells("URLs") == {f"sfconnector:{one.name}" for one in urlpatterns}


def test_every_environment_variable_of_the_project_is_in_the_example():
    settings = (ROOT / "project" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings))
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert read - set(re.findall(r"^#? ?([A-Z_]+)=", example, re.MULTILINE)) == set()
