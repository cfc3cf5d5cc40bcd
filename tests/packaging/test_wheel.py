"""The wheel holds all it needs and works in a project that only installs it."""

from __future__ import annotations

import base64
import importlib.metadata
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.environment import ROOT, of_a_process

pytestmark = pytest.mark.once

KEY = "h1:" + base64.b64encode(bytes(range(32))).decode()

HOST = {
    "manage.py": """
        import os, sys
        from django.core.management import execute_from_command_line
        os.environ["DJANGO_SETTINGS_MODULE"] = "host.settings"
        execute_from_command_line(sys.argv)
    """,
    "host/__init__.py": "",
    "host/settings.py": f"""
        SECRET_KEY = "host-project-only-0123456789-0123456789-0123456789"
        ALLOWED_HOSTS = ["*"]
        ROOT_URLCONF = "host.urls"
        USE_TZ = True
        STATIC_URL = "static/"
        DATABASES = {{"default": {{
            "ENGINE": "django.db.backends.sqlite3", "NAME": "host.sqlite3",
            "OPTIONS": {{"transaction_mode": "IMMEDIATE"}}}}}}
        INSTALLED_APPS = [
            "django.contrib.admin", "django.contrib.auth",
            "django.contrib.contenttypes", "django.contrib.sessions",
            "django.contrib.messages", "django.contrib.staticfiles",
            "sfconnector",
        ]
        MIDDLEWARE = [
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ]
        TEMPLATES = [{{
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {{"context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]}},
        }}]
        SFCONNECTOR = {{"ENCRYPTION_KEYS": "{KEY}"}}
    """,
    "host/urls.py": """
        from django.contrib import admin
        from django.urls import include, path
        urlpatterns = [
            path("admin/", admin.site.urls),
            path("salesforce/", include("sfconnector.urls")),
        ]
    """,
    "pytest.ini": """
        [pytest]
        DJANGO_SETTINGS_MODULE = host.settings
    """,
    "test_host.py": """
        import urllib.request

        import pytest


        def test_the_simulator_answers(salesforce_org):
            with urllib.request.urlopen(
                salesforce_org.base_url + "/services/data/"
            ) as answer:
                assert answer.status == 200


        def test_the_old_name_is_the_same_org(salesforce_org):
            from sfconnector.simulator import SalesforceOrg

            assert isinstance(salesforce_org, SalesforceOrg)


        @pytest.mark.django_db
        def test_the_admin_lists_the_orgs(admin_client):
            page = admin_client.get("/admin/sfconnector/org/")
            assert page.status_code == 200
            assert "Salesforce" in page.content.decode()
            assert admin_client.get("/admin/").status_code == 200
    """,
}


def run(arguments: Sequence[str | Path], *, cwd: Path, status: int = 0) -> str:
    """Run a command free of our own settings; return what it printed.

    A command that shall fail gives what it complained about as well.
    """
    done = subprocess.run(
        [str(argument) for argument in arguments],
        cwd=cwd,
        env=of_a_process(PYTHONPATH=""),
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == status, said
    return said if status else done.stdout


SOURCES = {"sfconnector": ROOT, "salesforce_simulator": ROOT / "simulator"}
"""The packages, each with the folder that its wheel is built from."""


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Both wheels, in one folder."""
    folder = tmp_path_factory.mktemp("dist")
    command = ["-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    for source in SOURCES.values():
        run([sys.executable, *command, str(source)], cwd=folder)
    return {path.name.partition("-")[0]: path for path in folder.glob("*.whl")}


@pytest.mark.parametrize("package", SOURCES)
def test_a_wheel_holds_every_file_of_its_package(wheels: dict[str, Path], package: str):
    held = set(zipfile.ZipFile(wheels[package]).namelist())
    source = SOURCES[package]
    tracked = run(["git", "ls-files", package], cwd=source).splitlines()
    expected = {name for name in tracked if (source / name).exists()}
    assert f"{package}/py.typed" in expected
    assert expected - held == set()


@pytest.mark.parametrize("package", SOURCES)
def test_a_wheel_holds_nothing_else(wheels: dict[str, Path], package: str):
    """The app's wheel above all holds no simulator."""
    roots = {name.split("/")[0] for name in zipfile.ZipFile(wheels[package]).namelist()}
    assert {root for root in roots if not root.endswith(".dist-info")} == {package}
    assert not any(
        name.startswith("sfconnector/simulator/")
        for name in zipfile.ZipFile(wheels[package]).namelist()
    )


def constraints(folder: Path) -> Path:
    """Write down the versions tested here, so that the host gets the same."""
    path = folder / "constraints.txt"
    ours = ("pip", "setuptools", "sfconnector", "salesforce-simulator")
    lines = {
        f"{found.metadata['Name']}=={found.version}"
        for found in importlib.metadata.distributions()
        if found.metadata["Name"] not in ours
    }
    path.write_text("\n".join(sorted(lines)) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """An empty environment, and the folder of a project that will use it."""
    run([sys.executable, "-m", "venv", tmp_path / "venv"], cwd=tmp_path)
    (tmp_path / "project").mkdir()
    return Host(tmp_path)


class Host:
    """A machine of somebody who installs our wheels."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "venv" / "bin"
        self.python = self.bin / "python"
        self.project = folder / "project"
        self._constraints = constraints(folder)

    def install(self, *what: str | Path, links: Path) -> None:
        """Install from the registry and from our wheels in ``links``."""
        pip = [self.python, "-m", "pip", "install", "-q", "-c", self._constraints]
        run([*pip, "--find-links", links, *what], cwd=self.project)

    def run(self, *arguments: str | Path, status: int = 0) -> str:
        """Run a command in the project's folder; give what it said."""
        return run(arguments, cwd=self.project, status=status)


@pytest.mark.timeout(600)
def test_a_project_of_three_lines_migrates_shows_the_admin_and_gets_the_fixtures(
    wheels: dict[str, Path], host: Host
):
    for name, text in HOST.items():
        path = host.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")
    links = wheels["sfconnector"].parent
    host.install(wheels["sfconnector"], links=links)
    assert "simulator" not in host.run(host.python, "-m", "pip", "list").lower()
    advice = 'pip install "sfconnector[testing]"'
    for asked in (["-m", "sfconnector.simulator"], ["manage.py", "sf_simulator"]):
        assert advice in host.run(host.python, *asked, status=1)
    code = "from sfconnector.simulator import SalesforceOrg"
    assert advice in host.run(host.python, "-c", code, status=1)

    host.install("pytest", "pytest-django", links=links)
    assert advice in host.run(host.python, "-m", "pytest", "-q", status=1)

    host.install("sfconnector[testing]", links=links)
    host.run(host.python, "manage.py", "migrate", "--noinput")
    host.run(host.python, "manage.py", "makemigrations", "--check", "--dry-run")
    host.run(host.python, "manage.py", "check")
    assert "3 passed" in host.run(host.python, "-m", "pytest", "-q")
    for asked in (["-m", "sfconnector.simulator"], ["manage.py", "sf_simulator"]):
        assert "--records" in host.run(host.python, *asked, "--help")


ALONE = """
    import json, os, subprocess, sys

    import requests
    from simple_salesforce import Salesforce

    served = subprocess.Popen(
        [sys.argv[1], "--port", "0", "--tls", "authority", "--records", "Account=7"],
        stdout=subprocess.PIPE, text=True,
    )
    try:
        ready = json.loads(served.stdout.readline())
        url = ready["base_url"]
        # As the simulator's own advice says.
        os.environ["REQUESTS_CA_BUNDLE"] = ready["ca_file"]
        form = {
            "grant_type": "client_credentials",
            "client_id": ready["consumer_key"],
            "client_secret": ready["consumer_secret"],
        }
        answer = requests.post(url + "/services/oauth2/token", form)
        token = answer.json()["access_token"]
        client = Salesforce(instance_url=url, session_id=token)
        made = client.Account.create({"Name": "Made by hand"})
        print(client.query("SELECT COUNT() FROM Account")["totalSize"])
        print(client.Account.get(made["id"])["Name"])
    finally:
        served.terminate()
        served.wait(timeout=10)
"""


@pytest.mark.timeout(600)
def test_a_project_without_django_runs_the_simulator(
    wheels: dict[str, Path], host: Host
):
    wheel = wheels["salesforce_simulator"]
    host.install(wheel, "simple-salesforce", links=wheel.parent)
    listed = host.run(host.python, "-m", "pip", "list").lower()
    assert "django" not in listed
    assert "sfconnector" not in listed
    script = host.project / "client.py"
    script.write_text(textwrap.dedent(ALONE), encoding="utf-8")
    said = host.run(host.python, "client.py", host.bin / "salesforce-simulator")
    assert said.splitlines() == ["8", "Made by hand"]
