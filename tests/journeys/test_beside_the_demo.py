"""The demo goes on: what a second shell finds, and what a second demo is told."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from project.demo.visitor import Visitor
from tests.journeys import demos, sites
from tests.journeys.demos import Demo

pytestmark = [pytest.mark.timeout(300), pytest.mark.once]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with demos.running(tmp_path_factory.mktemp("demo")) as one:
        yield one


def test_it_ends_by_printing_three_commands_that_work(demo: Demo):
    assert len(demo.offered) == 3
    assert f"Overview: {demo.told[0]}/admin/sfconnector/" in demo.said
    for line in demo.offered:
        done = demo.shell(line)
        assert done.returncode == 0, line + done.stdout + done.stderr
        assert done.stdout.strip()
        assert unexpected(done.stderr) == []


def unexpected(stderr: str) -> list[str]:
    """Lines beside the log line of a run that ended well: logs go to standard error."""
    good = r"\S+ \S+ INFO sfconnector\.events run_ended .* outcome=succeeded .*"
    return [line for line in stderr.splitlines() if not re.fullmatch(good, line)]


def test_a_reader_that_has_seen_enough_is_no_error(demo: Demo):
    for command in (
        'sf_query acme-prod "SELECT Id, Name FROM Account"',
        "sf_export acme-prod Account",
        "sf_orgs --json",
    ):
        done = demo.shell(f"python manage.py {command} | head -1")
        assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) == 1
        assert done.stderr == ""


def test_a_doctor_in_another_shell_turns_nothing_red_that_is_fine(demo: Demo):
    done = demo.shell("python manage.py sf_doctor --json")
    assert done.returncode == 1  # one org is dead, and the doctor says so
    red = {one["org"] for one in json.loads(done.stdout) if one["level"] == "red"}
    assert red == {"globex-uat"}
    url, username, password = demo.told
    visitor = Visitor(url)
    visitor.log_in(username, password)
    page = visitor.get("/admin/sfconnector/").text
    assert "Globex UAT – Salesforce cannot be reached" in page
    assert "Acme – " not in page


def test_it_holds_a_week_a_failing_plan_and_a_difference(demo: Demo):
    script = """
import json
from django.db.models import Min
from django.utils import timezone
from sfconnector.models import ApiUsageDay, Org, SField, SyncPlan, SyncRun
first = SyncRun.objects.aggregate(first=Min("queued_at"))["first"]
fields = SField.objects.filter(name="Loyalty_Tier__c").values_list("sobject__org__alias")
print(json.dumps({
    "days": ApiUsageDay.objects.filter(org__alias="acme-prod").count(),
    "seconds": (timezone.now() - first).total_seconds(),
    "failing": [str(p) for p in SyncPlan.objects.filter(failures_in_a_row__gt=0)],
    "with_the_field": sorted({alias for (alias,) in fields}),
}))
"""
    done = demo.shell("python manage.py shell -v0", stdin=script)
    assert done.returncode == 0, done.stderr
    held = json.loads(done.stdout)
    assert held["days"] >= 7
    assert held["seconds"] > timedelta(days=6).total_seconds()
    assert held["failing"] == ["Loyalty tiers"]
    assert held["with_the_field"] == ["acme-prod"]


def test_a_second_demo_in_the_folder_is_one_sentence(demo: Demo):
    done = demos.run_to_its_end(demo.env_file.parent, "--port", "0", "--exit")
    assert done.returncode == 1
    assert f"A demo already runs in this folder: {demo.told[0]}/admin/" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_env_file_keeps_every_line_of_its_owner(tmp_path: Path):
    environment = demos.environment_of(tmp_path)
    path = Path(environment["DJANGO_ENV_FILE"])
    own = (
        path.read_text()
        + "# mine\nSFCONNECTOR_EXTRA_HOSTS=10.0.0.1:1\nSFCONNECTOR_POSTMAN=1\n"
    )
    path.write_text(own)
    path.chmod(0o600)
    done = demos.run_to_its_end(
        tmp_path, "--port", "0", "--exit", "--simulator-ports", "0", "0"
    )
    assert done.returncode == 0, done.stderr
    kept = path.read_text()
    assert kept.startswith(own)
    assert path.stat().st_mode & 0o777 == 0o600
    told = " ".join(done.stdout.split())
    assert ".env sets SFCONNECTOR_EXTRA_HOSTS itself" in told
    assert "sets SFCONNECTOR_POSTMAN, which this version does not read" in told
    assert "SFCONNECTOR_PUBLIC_URL" not in kept  # the port is nobody's any more
    again = demos.run_to_its_end(
        tmp_path, "--port", "0", "--exit", "--simulator-ports", "0", "0"
    )
    assert again.returncode == 0, again.stderr
    assert len(path.read_text().splitlines()) == len(kept.splitlines())


def make(
    folder: Path, *arguments: str, **extra: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *arguments, f"VENV={folder / 'venv'}"],
        cwd=sites.ROOT,
        env={**sites.environment_of(folder, port=0, hosts=()), **extra},
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )


@pytest.mark.parametrize("python", ["/nonexistent/python", "false"])
def test_a_wrong_python_is_one_sentence(tmp_path: Path, python: str):
    done = make(tmp_path, "runtime", f"PYTHON={python}")
    assert done.returncode == 2
    assert f"Python 3.11 or newer is needed and '{python}' is not one." in done.stderr


def test_no_way_to_the_packages_is_one_sentence(tmp_path: Path):
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:1/", "PIP_RETRIES": "0"}
    done = make(tmp_path, "runtime", **nowhere, PIP_NO_CACHE_DIR="1")
    assert done.returncode == 2
    assert "The packages could not be installed" in done.stderr
    assert "Traceback" not in done.stderr
