"""*Install in your project*, word for word, in an environment that has our wheel alone."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documents import blocks
from tests.documents.blocks import Block
from tests.environment import of_a_process
from tests.journeys.sites import free_port
from tests.packaging.test_wheel import Host, host, wheels

__all__ = ["host", "wheels"]
pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]
GUIDE = blocks.ROOT / "docs" / "how-to" / "install-in-your-project.md"
FINE = "System check identified no issues (0 silenced)."


class Reader:
    """Somebody who does what the guide says, in a shell that keeps its variables."""

    def __init__(self, host: Host) -> None:
        self.folder, self.bin = host.project, host.bin
        self.exported = ""
        self.blocks = blocks.blocks_of(GUIDE)
        self.started: list[subprocess.Popen[str]] = []

    def block(self, *words: str) -> Block:
        """Return the one block of the guide with these words."""
        [found] = [
            one for one in self.blocks if all(word in one.text for word in words)
        ]
        return found

    def shell(self, lines: str, **more: str) -> str:
        """Type lines; return what was printed."""
        done = subprocess.run(
            ["bash", "-eu", "-c", f"{self.exported}\n{lines}"],
            cwd=self.folder,
            env=self.environment(**more),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, f"{lines}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def environment(self, **more: str) -> dict[str, str]:
        path = f"{self.bin}{os.pathsep}{os.environ['PATH']}"
        found = of_a_process(PATH=path, PYTHONPATH="", **more)
        return {name: text for name, text in found.items() if name != "PYTHONPATH"}

    def write(self, name: str, block: Block, *, at_the_end: bool = False) -> None:
        """Put a block into a file."""
        path = self.folder / name
        before = path.read_text() if at_the_end else ""
        path.write_text(f"{before}\n{block.text}")

    def say(self, line: str) -> None:
        """Add a line to the settings."""
        path = self.folder / "crm" / "settings.py"
        path.write_text(f"{path.read_text()}\n{line}\n")

    def start(self, line: str) -> subprocess.Popen[str]:
        """Start what goes on until it is stopped."""
        process = subprocess.Popen(
            ["bash", "-eu", "-c", f"{self.exported}\nexec {line}"],
            cwd=self.folder,
            env=self.environment(PYTHONUNBUFFERED="1"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(process)
        return process


@pytest.fixture
def reader(wheels: dict[str, Path], host: Host) -> Iterator[Reader]:
    reader = Reader(host)
    [line] = reader.block("pip install").commands
    host.install(line.split()[-1].strip('"'), links=wheels["sfconnector"].parent)
    yield reader
    for process in reader.started:
        process.kill()
        process.communicate(timeout=10)


def is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:  # not there yet, or it says 503
        return False


def test_the_guide_word_for_word(reader: Reader) -> None:
    reader.shell("django-admin startproject crm .")
    reader.say("INSTALLED_APPS = tuple(INSTALLED_APPS)  # some projects have it so")
    reader.write(
        "crm/settings.py", reader.block("INSTALLED_APPS = [*"), at_the_end=True
    )
    sqlite = reader.block("transaction_mode")
    reader.write("crm/settings.py", sqlite, at_the_end=True)
    reader.write("crm/urls.py", reader.block("# urls.py"))
    typed = reader.block("sf_keys generate")
    first = typed.commands[0]
    assert FINE in reader.shell(typed.text)
    key = reader.shell(f"{first}; printenv SFCONNECTOR_ENCRYPTION_KEYS").split()[-1]
    reader.exported = f"export SFCONNECTOR_ENCRYPTION_KEYS={key}"
    person = "createsuperuser --noinput --username ada --email ada@example.com"
    reader.shell(f"python manage.py {person}", DJANGO_SUPERUSER_PASSWORD="a-long-one-1")

    worker = reader.start("python manage.py sf_worker")
    assert worker.stdout
    assert worker.stdout.readline() == "Works until it is asked to end (Ctrl+C).\n"
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=30) == 0

    reader.write("crm/wsgi.py", reader.block("# crm/wsgi.py"), at_the_end=True)
    reader.say('SFCONNECTOR["EMBEDDED_WORKER"] = True')
    assert FINE in reader.shell("python manage.py check")
    port = free_port()
    reader.shell("rm -f db.sqlite3; python manage.py migrate")  # no old heartbeat
    site = reader.start(f"python manage.py runserver --noreload {port}")
    deadline = time.monotonic() + 60
    while not is_ready(f"http://127.0.0.1:{port}/salesforce/readyz"):
        assert site.poll() is None, site.communicate()[0]
        assert time.monotonic() < deadline, "no worker began"
        time.sleep(0.2)
    assert is_ready(f"http://127.0.0.1:{port}/admin/login/")

    reader.write("crm/celery.py", reader.block("# crm/celery.py"))
    reader.write("crm/__init__.py", reader.block("# crm/__init__.py"))
    reader.say('CELERY_BROKER_URL = "memory://localhost/"')
    assert FINE in reader.shell("python manage.py check")
    reader.say('SFCONNECTOR["EMBEDDED_WORKER"] = False')
    reader.say('CELERY_BROKER_URL = "redis://127.0.0.1:6379/9"')
    options = reader.block("CELERY_BROKER_TRANSPORT_OPTIONS")
    reader.write("crm/settings.py", options, at_the_end=True)
    assert FINE in reader.shell("python manage.py check")
    code = "from crm import celery_app; print(*celery_app.tasks)"
    assert "sfconnector.run_plan" in reader.shell(f"python manage.py shell -c '{code}'")
