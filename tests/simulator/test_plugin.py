"""The pytest fixtures work in a project that has no Django at all."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

ROOT = Path(__file__).parents[2]
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


def plugin() -> list[str]:
    """An installed sfconnector brings its plugin along; a checkout does not."""
    installed = entry_points(group="pytest11", name="sfconnector")
    return [] if installed else ["-p", "sfconnector.testing.plugin"]


def test_it_works_where_no_django_is_configured(tmp_path):
    (tmp_path / "test_project.py").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    hidden = {"DJANGO_SETTINGS_MODULE", "PYTEST_ADDOPTS"}
    environment = {k: v for k, v in os.environ.items() if k not in hidden}
    result = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-W", "error"),
            *("-p", "no:django", "-p", "no:cacheprovider"),
            *plugin(),
        ],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "3 passed" in result.stdout
