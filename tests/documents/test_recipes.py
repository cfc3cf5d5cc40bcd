"""The recipes of CONTRIBUTING.md name files that exist, and few of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = dict(
    part.split("\n", 1) for part in GUIDE.split("## Recipes")[1].split("\n### ")[1:]
)
STEP = re.compile(r"^- (new )?`([^`]+)`", re.MULTILINE)
RUN = re.compile(r"^Run `([^`]+)`\.$", re.MULTILINE)
MOST_SOURCES = 6


def test_there_is_a_recipe_for_each_way_to_extend_the_app() -> None:
    assert list(RECIPES) == [
        "A migration",
        "An alert channel",
        "A grant type",
        "A simulated object",
        "A column of an admin list",
        "A refusal of Salesforce",
        "A language",
        "A reader of records",
    ]


@pytest.mark.parametrize("name", RECIPES)
def test_the_files_of_a_recipe_are_where_it_says(name: str) -> None:
    steps = STEP.findall(RECIPES[name])
    places = [(ROOT / path).parent if is_new else ROOT / path for is_new, path in steps]
    assert [str(place) for place in places if not place.exists()] == []
    assert any("tests/" in path for _, path in steps)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_touches_few_files_of_source(name: str) -> None:
    sources = [
        path
        for _, path in STEP.findall(RECIPES[name])
        if path.startswith(("sfconnector/", "simulator/salesforce_simulator/"))
    ]
    assert 1 <= len(sources) <= MOST_SOURCES


@pytest.mark.parametrize("name", RECIPES)
def test_the_tests_of_a_recipe_exist(name: str) -> None:
    [command] = RUN.findall(RECIPES[name])
    assert [path for path in command.split() if not (ROOT / path).exists()] == []


def test_other_paths_of_the_guide_exist() -> None:
    named = re.findall(r"`((?:tests|sfconnector|docs|simulator)/[^`<\s]*)`", GUIDE)
    assert [path for path in named if not (ROOT / path).exists()] == []
