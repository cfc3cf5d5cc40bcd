"""Each command and variable that the guide for production names in its text works."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command

from salesforce_simulator import SalesforceOrg
from sfconnector import sync
from tests.connections import connect, org_of, reachable
from tests.documents import blocks

PAGE = blocks.ROOT / "docs" / "how-to" / "run-in-production.md"
TEXT = " ".join(blocks.FENCE.sub("", PAGE.read_text(encoding="utf-8")).split())
COMMANDS = sorted(set(re.findall(r"`(?:manage\.py )?(sf_\w+[^`]*)`", TEXT)))
ENDS_BADLY = {
    "sf_doctor --json": "no worker and no tick is there",
    "sf_orgs --adopt ALIAS": "there is nothing to adopt",
}


@pytest.fixture
def site(transactional_db: None, salesforce_org: SalesforceOrg) -> Iterator[None]:
    """A site with an org that was connected and has a plan."""
    with reachable(salesforce_org):
        org = org_of(salesforce_org)
        connect(org)
        sync.plan_object(org, sobject="Account", mode="rest", fields=["Name"])
        yield


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_in_the_text_works(
    site: None, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = 0
    try:
        call_command(*shlex.split(command.replace("ALIAS", "acme")))
    except (SystemExit, CommandError) as error:
        status = error.returncode if isinstance(error, CommandError) else error.code
    assert status == (1 if command in ENDS_BADLY else 0), capsys.readouterr().out


def test_the_text_names_commands_and_what_ends_badly_among_them() -> None:
    assert len(COMMANDS) >= 7
    assert set(ENDS_BADLY) <= set(COMMANDS)


def test_variables_in_the_text_are_in_the_example() -> None:
    example = (blocks.ROOT / ".env.example").read_text(encoding="utf-8")
    known = set(re.findall(r"^#? ?([A-Z_]+)=", example, re.MULTILINE))
    starts = "SFCONNECTOR|DJANGO|CELERY|DATABASE|EMAIL|GUNICORN"
    named = set(re.findall(rf"`((?:{starts})_[A-Z_]+)", TEXT))
    assert named - known == set()
    assert len(named) > 8
