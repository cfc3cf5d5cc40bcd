"""Blocks that nobody types beside the demo are true, and run by a test that is named."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

import pytest
import yaml
from django.test import RequestFactory, override_settings
from django.urls import resolve

from sfconnector.models import ConnectedApp, Org, Record
from tests.documents import blocks, elsewhere
from tests.documents.blocks import Block
from tests.documents.elsewhere import Elsewhere

ALL = blocks.blocks()
ROOT = blocks.ROOT
OF_A_CLIENT = ROOT / "simulator" / "tests" / "jsforce" / "journey.mjs"


def of(language: str) -> list[Block]:
    return [block for block in ALL if block.language == language]


def test_every_block_says_a_language_that_some_test_looks_at():
    seen = {"console", "python", "py", "js", "text", "ini", "yaml", "nginx", "django"}
    seen |= {"json", "systemd", "cfg"}
    assert [str(block) for block in ALL if block.language not in seen] == []


@pytest.mark.parametrize("one", elsewhere.LINES, ids=lambda one: str(one.begins))
def test_a_line_that_is_run_elsewhere_is_in_the_test_that_is_named(one: Elsewhere):
    text = (ROOT / one.test).read_text(encoding="utf-8")
    assert [words for words in one.says if words not in text] == []
    typed = [line for block in of("console") for line in block.commands]
    typed += [block.text for block in (*of("py"), *of("python"))]
    assert any(line.startswith(one.begins) for line in typed), (
        "nobody types it any more"
    )


def test_what_moves_rows_by_sfdmu_names_what_its_test_does():
    """sfdmu comes by npm; simulator/tests/test_sfdmu.py has it move rows."""
    [block] = of("json")
    told = json.loads(block.text)
    test = (ROOT / "simulator" / "tests" / "test_sfdmu.py").read_text(encoding="utf-8")
    rows = [*told["orgs"], *told["objects"]]
    assert {key for row in rows for key in row if f'"{key}"' not in test} == set()


@pytest.mark.parametrize("block", of("js"), ids=str)
def test_lines_for_jsforce_are_those_of_its_journey(block: Block):
    """jsforce comes by npm; simulator/tests/test_jsforce.py runs its journey."""
    journey = " ".join(OF_A_CLIENT.read_text(encoding="utf-8").split())
    told = [
        line.strip().removeprefix("// or, by SOAP: ").removesuffix(";")
        for line in block.text.splitlines()
    ]
    calls = [line for line in told if re.match(r"oauth2:|await ", line)]
    assert len(calls) == 3
    for call in calls:
        # The journey's second connection has a name and a user of its own.
        words = "soap.login(username," if ".login(" in call else call
        assert words in journey, call


@pytest.mark.parametrize("block", of("ini"), ids=str)
def test_variables_of_a_site_are_in_the_example(block: Block):
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    known = set(re.findall(r"^#? ?([A-Z_]+)=", example, re.MULTILINE))
    named = {line.partition("=")[0] for line in block.text.splitlines()}
    assert named <= known


@pytest.mark.parametrize("block", of("yaml"), ids=str)
def test_probes_ask_for_pages_that_exist(block: Block):
    probes = yaml.safe_load(block.text)
    assert probes
    for probe in probes.values():
        assert resolve(probe["httpGet"]["path"]).url_name == "healthz"


@pytest.mark.django_db
def test_a_view_and_its_template_show_the_records_that_it_asks_for():
    [template] = of("django")
    [view] = [block for block in of("python") if "def energy(" in block.text]
    app = ConnectedApp.objects.create(name="The app", consumer_key="3MVGkey")
    org = Org.objects.create(alias="acme-prod", app=app)
    rows = [{"Name": "<Sun>", "Industry": "Energy"}, {"Name": "B", "Industry": None}]
    for number, data in enumerate(rows):
        Record.objects.create(
            org=org, sobject="Account", record_id=str(number), data=data, content_hash=1
        )
    names: dict[str, Any] = {}
    exec(view.text, names)
    engine = {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.locmem.Loader",
                    {"energy.html": template.text},
                )
            ]
        },
    }
    with override_settings(TEMPLATES=[engine]):
        page = names["energy"](RequestFactory().get("/")).content.decode()
    assert page.split() == ["<li>&lt;Sun&gt;:", "Energy</li>"]


def test_the_layers_on_the_page_are_those_that_are_checked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    [checked] = [one["layers"] for one in contracts if one.get("exhaustive")][:1]
    [told] = [block for block in of("text") if block.text.startswith("apps\n")]
    plain = [re.sub("[()]", "", layer) for layer in checked]
    assert told.text.splitlines() == plain


def test_the_plan_of_the_house_names_what_is_there():
    [plan] = [block for block in of("text") if block.text.startswith("sfconnector/\n")]
    rooms = re.findall(r"^[├└│]── ([\w/.]+)", plan.text, re.MULTILINE)
    folders = re.findall(r"^(\w+)/  ", plan.text, re.MULTILINE)
    assert len(rooms) > 12
    app = ROOT / "sfconnector"
    there = [app / room for room in rooms] + [ROOT / folder for folder in folders]
    lost = [
        str(one)
        for one in there
        if not one.exists() and not one.with_suffix(".py").exists()
    ]
    assert lost == []
