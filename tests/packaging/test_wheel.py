"""The wheel holds all it needs and works in a project that only installs it."""

from __future__ import annotations

import base64
import importlib.metadata
import os
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
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
            "ENGINE": "django.db.backends.sqlite3", "NAME": "host.sqlite3"}}}}
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


        @pytest.mark.django_db
        def test_the_admin_lists_the_orgs(admin_client):
            page = admin_client.get("/admin/sfconnector/org/")
            assert page.status_code == 200
            assert "Salesforce" in page.content.decode()
            assert admin_client.get("/admin/").status_code == 200
    """,
}


def run(arguments: Sequence[str | Path], *, cwd: Path) -> str:
    """Run a command free of our own settings; return what it printed."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DJANGO_", "SFCONNECTOR_", "PYTEST_", "COV"))
    }
    done = subprocess.run(
        [str(argument) for argument in arguments],
        cwd=cwd,
        env=kept,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = ["-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    run([sys.executable, *command, str(ROOT)], cwd=folder)
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_holds_every_file_of_the_package(wheel: Path):
    held = set(zipfile.ZipFile(wheel).namelist())
    tracked = run(["git", "ls-files", "sfconnector"], cwd=ROOT).splitlines()
    expected = {name for name in tracked if (ROOT / name).exists()}
    assert expected - held == set()
    kinds = {Path(name).suffix for name in held}
    assert {".html", ".css", ".py"} <= kinds
    assert "sfconnector/py.typed" in held


def test_the_wheel_holds_nothing_of_the_project_or_the_tests(wheel: Path):
    roots = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {root for root in roots if not root.endswith(".dist-info")} == {
        "sfconnector"
    }


def constraints(folder: Path) -> Path:
    """Write down the versions tested here, so that the host gets the same."""
    path = folder / "constraints.txt"
    lines = {
        f"{found.metadata['Name']}=={found.version}"
        for found in importlib.metadata.distributions()
        if found.metadata["Name"] not in ("pip", "setuptools", "sfconnector")
    }
    path.write_text("\n".join(sorted(lines)) + "\n", encoding="utf-8")
    return path


@pytest.mark.timeout(600)
def test_a_project_of_three_lines_migrates_shows_the_admin_and_gets_the_fixtures(
    wheel: Path, tmp_path: Path
):
    run([sys.executable, "-m", "venv", tmp_path / "venv"], cwd=tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    pip = [python, "-m", "pip", "install", "-q", "-c", constraints(tmp_path)]
    run([*pip, wheel, "pytest", "pytest-django"], cwd=tmp_path)
    host = tmp_path / "project"
    for name, text in HOST.items():
        (host / name).parent.mkdir(parents=True, exist_ok=True)
        (host / name).write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")

    run([python, "manage.py", "migrate", "--noinput"], cwd=host)
    missing = [python, "manage.py", "makemigrations", "--check", "--dry-run"]
    run(missing, cwd=host)
    run([python, "manage.py", "check"], cwd=host)
    assert "2 passed" in run([python, "-m", "pytest", "-q"], cwd=host)
