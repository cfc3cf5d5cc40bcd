"""Every code block of the documents does what it says, beside the running demo."""

from __future__ import annotations

import itertools
import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from salesforce_simulator.testing.orgs import org_process
from tests.documents import blocks, elsewhere
from tests.documents.blocks import Block
from tests.documents.machine import Machine
from tests.journeys import demos
from tests.journeys.demos import Demo

pytestmark = [pytest.mark.once, pytest.mark.timeout(300)]
ALL = blocks.blocks()
EXTRA = {
    "createsuperuser": " --noinput --username ada{} --email ada@example.com",
    "-m pytest": " --collect-only -q -p no:cacheprovider",
}
"""What a person types when a command asks; and tests are found, not run once more."""
PEOPLE = itertools.count()
FILE = re.compile(r"(--output|--against) (?=\w)")
"""Before a file of the person's own; here it lies in the test's folder."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with demos.running(tmp_path_factory.mktemp("demo")) as one:
        yield one


def chosen(*languages: str) -> list[Block]:
    return [block for block in ALL if block.language in languages]


@pytest.mark.parametrize("block", chosen("console"), ids=str)
def test_its_commands_work(demo: Demo, block: Block, tmp_path: Path):
    with Machine(demo, tmp_path) as machine:
        for line in block.commands:
            if not machine.has_run(line) and not elsewhere.is_run(line):
                check(demo, FILE.sub(rf"\1 {tmp_path}/", line))


def check(demo: Demo, line: str) -> None:
    more = next((EXTRA[word] for word in EXTRA if word in line), "").format(
        next(PEOPLE)
    )
    password = "a-long-password-of-ada"
    line = line.replace("127.0.0.1:9001", first_org_of(demo))
    done = demo.shell(line + more, DJANGO_SUPERUSER_PASSWORD=password)
    status = 1 if line.endswith("sf_doctor") else 0
    assert done.returncode == status, f"{line}\n{done.stdout}{done.stderr}"
    assert "Traceback" not in done.stderr
    if status:
        assert_only_the_dead_org_is_red(demo, line)


def first_org_of(demo: Demo) -> str:
    """Return where the demo's first org listens, which has port 9001 in the text."""
    found = re.search("EXTRA_HOSTS=([^,]+),", demo.env_file.read_text())
    assert found
    return found[1]


def assert_only_the_dead_org_is_red(demo: Demo, line: str) -> None:
    found = json.loads(demo.shell(f"{line} --json || true").stdout)
    assert {one["org"] for one in found if one["level"] == "red"} == {"globex-uat"}


def is_file(block: Block) -> bool:
    """Tell whether a block is a file of a project, as the tutorial makes one."""
    return block.text.startswith("# crm/")


def test_the_files_of_a_project_are_those_that_the_tutorial_runs():
    files = [one.text for one in chosen("python") if is_file(one)]
    run = [one.text for one in blocks.blocks_of(blocks.TUTORIAL)]
    assert len(files) == 3
    assert [text for text in files if text not in run] == []


@pytest.mark.parametrize(
    "block",
    [
        one
        for one in chosen("python")
        if not is_file(one) and not elsewhere.is_run(one.text)
    ],
    ids=str,
)
def test_its_code_works(demo: Demo, block: Block):
    keys = {"SFCONNECTOR_ENCRYPTION_KEYS": "k1:" + "A" * 43 + "="}
    is_settings = block.text.startswith("# ")
    run = "python manage.py shell -v0"
    if "\ndef test_" in block.text:
        run = (
            "cat > test_block.py && DJANGO_ENV_FILE= python -m pytest -q -n 0 --no-header"
            " --rootdir . -c pyproject.toml -p no:randomly -p no:cacheprovider"
        )
        run = run.replace("test_block.py", f"{demo.env_file.parent}/test_block.py")
        run += f" {demo.env_file.parent}/test_block.py"
    done = demo.shell(
        run,
        stdin=block.text,
        **(keys if is_settings else {}),
    )
    assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "block", [one for one in chosen("py") if not elsewhere.is_run(one.text)], ids=str
)
def test_the_code_for_another_client_works(block: Block):
    """As the page says before it; the client itself then calls by https."""
    words = ("import requests", "from simple_salesforce import Salesforce", block.text)
    with org_process() as ready:
        exec("\n".join(words), {"READY": ready})


def test_the_call_in_the_text_works(demo: Demo):
    [block] = [one for one in chosen("text") if one.text.startswith("/services/")]
    line = (
        f"python manage.py sf_request acme-prod GET {shlex.quote(block.text.strip())}"
    )
    done = demo.shell(line)
    assert done.returncode == 0, done.stderr
    assert '"records"' in done.stdout


def test_the_code_asked_for_a_run_that_the_demo_then_made(demo: Demo):
    script = """
import time
from sfconnector.models import SyncRun
deadline = time.monotonic() + 120
run = SyncRun.objects.filter(sobject="Case").latest("pk")
while run.is_active and time.monotonic() < deadline:
    time.sleep(0.5)
    run.refresh_from_db()
print(run.state, run.fetched)
"""
    plan = """
from sfconnector import sync
from sfconnector.models import Org
sync.request_run(sync.plan_object(Org.objects.get(alias="acme-prod"), sobject="Case"))
"""
    asked: subprocess.CompletedProcess[str]
    asked = demo.shell("python manage.py shell -v0", stdin=plan)
    assert asked.returncode == 0, asked.stderr
    done = demo.shell("python manage.py shell -v0", stdin=script)
    assert done.stdout.split()[0] == "succeeded", done.stdout + done.stderr
