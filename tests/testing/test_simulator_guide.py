"""The guide's examples run, and it names everything that there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from salesforce_simulator.command import _parser
from salesforce_simulator.control.actions import ACTIONS
from salesforce_simulator.control.switchboard import _HANDLERS

TEXT = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_an_example_runs(number, salesforce_org, salesforce_orgs):
    names = {}
    exec(BLOCKS[number], names)
    for name, function in names.items():
        if name == "test_my_client":
            function(salesforce_org)
        elif name == "test_two_orgs":
            function(salesforce_orgs)


def test_there_are_examples():
    assert len(BLOCKS) == 3


@pytest.mark.parametrize(
    "option",
    [o for a in _parser()._actions for o in a.option_strings if o.startswith("--")],
)
def test_an_option_is_explained(option):
    assert option == "--help" or option in TEXT


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_an_action_is_named(name):
    assert f"`{name}`" in TEXT


@pytest.mark.parametrize("name", sorted(filter(None, _HANDLERS)))
def test_a_page_of_the_switchboard_is_named(name):
    assert f"/{name}" in TEXT
