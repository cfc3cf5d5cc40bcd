"""The pytest fixtures work in a project that has no Django at all."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = """
import sys
import urllib.request


def test_one_org(salesforce_org):
    url = salesforce_org.base_url + "/services/data"
    assert urllib.request.urlopen(url, timeout=5).status == 200


def test_two_orgs(salesforce_org, salesforce_sandbox):
    assert salesforce_sandbox.is_sandbox
    assert salesforce_org.org_id != salesforce_sandbox.org_id


def test_nothing_heavy_was_imported():
    assert "django" not in sys.modules
    assert "celery" not in sys.modules
"""


PLUGIN = "salesforce_simulator.testing.plugin"


def plugin() -> list[str]:
    """An installed simulator brings its plugin along; a checkout does not."""
    installed = entry_points(group="pytest11", name=PLUGIN)
    return [] if installed else ["-p", PLUGIN]


def run_pytest(folder, *options, path=(ROOT,)):
    hidden = {"DJANGO_SETTINGS_MODULE", "PYTEST_ADDOPTS"}
    environment = {k: v for k, v in os.environ.items() if k not in hidden}
    environment["PYTHONPATH"] = os.pathsep.join(map(str, path))
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-W", "error"),
            *("-p", "no:django", "-p", "no:cacheprovider"),
            *options,
        ],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


def test_it_works_where_no_django_is_configured(tmp_path):
    (tmp_path / "test_project.py").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    result = run_pytest(tmp_path, *plugin())
    assert result.returncode == 0, result.stdout + result.stderr
    assert "3 passed" in result.stdout


def test_to_be_installed_and_asked_for_by_name_is_no_quarrel(tmp_path):
    """Pytest refuses a plugin that it meets under two names."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = declared["project"]["entry-points"]["pytest11"]
    meta = tmp_path / "site" / "salesforce_simulator-0.dist-info"
    meta.mkdir(parents=True)
    lines = [f"{name} = {module}" for name, module in names.items()]
    listed = "\n".join(["[pytest11]", *lines, ""])
    (meta / "entry_points.txt").write_text(listed, encoding="utf-8")
    head = "Metadata-Version: 2.1\nName: salesforce-simulator\nVersion: 0\n"
    (meta / "METADATA").write_text(head, encoding="utf-8")
    test = "def test_one(salesforce_org):\n    assert salesforce_org.base_url\n"
    (tmp_path / "test_project.py").write_text(test, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    path = (tmp_path / "site", ROOT)
    result = run_pytest(tmp_path, "-p", PLUGIN, path=path)
    assert result.returncode == 0, result.stdout + result.stderr
