"""The guide's blocks for a server: its units, its proxy, its pooler."""

from __future__ import annotations

import configparser
import contextlib
import functools
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import environ
import pytest
import requests
from django.urls import reverse

from salesforce_simulator.wire.tls import Authority
from tests import services
from tests.documents import blocks
from tests.documents.blocks import Block
from tests.faults.pooler import SETTINGS
from tests.faults.processes import wait_until
from tests.journeys import sites

ROOT = blocks.ROOT


def of(language: str) -> list[Block]:
    return [block for block in blocks.blocks() if block.language == language]


UNITS = of("systemd")


def test_there_is_a_unit_for_each_process_of_the_procfile():
    """With the Procfile's own command, as a user of its own."""
    commands = {}
    for block in UNITS:
        unit = configparser.ConfigParser(strict=False, interpolation=None)
        unit.optionxform = str
        unit.read_string(block.text)
        service = unit["Service"]
        name = re.search(r"sfconnector-(\w+)\.service", block.text)[1]
        commands[name] = service["ExecStart"]
        assert service["User"] not in {"", "root"}
        assert service["Restart"] == "always"
    procfile = (ROOT / "Procfile").read_text(encoding="utf-8")
    told = dict(line.split(": ", 1) for line in procfile.splitlines())
    same = {
        "/srv/sfconnector/.venv/bin/": "",
        "127.0.0.1:8000": "0.0.0.0:$PORT",
        "--workers 2": "--workers ${WEB_CONCURRENCY:-2}",
        "=/var/lib/sfconnector/": "=",
    }
    del told["release"]
    for theirs, ours in same.items():
        commands = {name: one.replace(theirs, ours) for name, one in commands.items()}
    assert commands == told


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
def test_systemd_understands_the_units(tmp_path: Path):
    files = []
    for block in UNITS:
        name = re.search(r"sfconnector-\w+\.service", block.text)[0]
        # Where the code lies on this machine, and a user that it has.
        text = re.sub(r"/srv/sfconnector/\.venv/bin/\w+", "/bin/true", block.text)
        text = text.replace("User=sfconnector", "User=daemon")
        files.append(tmp_path / name)
        files[-1].write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in done.stderr.splitlines() if "sfconnector" in line]
    assert told == [], done.stderr


def test_the_poolers_settings_are_those_that_the_tests_run_behind():
    [block] = [one for one in of("cfg") if "[pgbouncer]" in one.text]
    told, ours = configparser.ConfigParser(), configparser.ConfigParser()
    told.read_string(block.text)
    ours.read_string(SETTINGS.replace("unix_socket_dir =", ""))
    assert told["pgbouncer"]["pool_mode"] == ours["pgbouncer"]["pool_mode"]
    [url] = re.findall(r"DATABASE_URL=(postgres://\S+\w)", page_of(block))
    config = environ.Env.db_url_config(url.replace("…", "user:word@127.0.0.1"))
    assert config["DISABLE_SERVER_SIDE_CURSORS"]
    assert str(config["PORT"]) == told["pgbouncer"]["listen_port"]
    assert config["NAME"] in told["databases"]


def page_of(block: Block) -> str:
    return (ROOT / block.page).read_text(encoding="utf-8")


class Site(BaseHTTPRequestHandler):
    """Stands for the site: says by which scheme and host it was asked."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        told = f"{self.headers['X-Forwarded-Proto']} {self.headers['Host']}"
        self.wfile.write(told.encode())

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def behind_nginx(block: Block, folder: Path) -> Iterator[dict[str, int]]:
    """Run the guide's server in nginx, with ports and a certificate of the test's own."""
    services.require("nginx")
    plain, tls = sites.free_port(), sites.free_port()
    Authority(folder).context()  # writes the server's key and certificate
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as site:
        threading.Thread(target=site.serve_forever).start()
        text = block.text.replace("listen 80;", f"listen 127.0.0.1:{plain};")
        text = text.replace("listen 443 ssl;", f"listen 127.0.0.1:{tls} ssl;")
        text = text.replace("127.0.0.1:8000", f"127.0.0.1:{site.server_port}")
        text = re.sub(r"/etc/ssl/crm\.\w+", str(folder / "server.pem"), text)
        (folder / "nginx.conf").write_text(
            f"daemon off; pid {folder}/pid; error_log {folder}/log; events {{}}\n"
            f"http {{ access_log off;\n{text}\n}}"
        )
        nginx = subprocess.Popen(
            [str(services.nginx()), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
        )
        try:
            wait_until(lambda: answers(plain))
            yield {"http": plain, "https": tls}
        finally:
            nginx.terminate()
            nginx.wait(10)
            site.shutdown()


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("block", of("nginx"), ids=str)
def test_nginx_hands_on_scheme_and_host_and_hides_the_probes(
    block: Block, tmp_path: Path
):
    trusted = str(tmp_path / "authority.pem")
    with behind_nginx(block, tmp_path) as ports:
        for scheme, port in ports.items():
            url = f"{scheme}://127.0.0.1:{port}"
            get = functools.partial(requests.get, timeout=10, verify=trusted)
            told = get(f"{url}/admin/")
            assert told.text == f"{scheme} 127.0.0.1"
            probe = get(f"{url}/salesforce/healthz")
            assert probe.status_code == 403


@pytest.mark.parametrize("block", of("nginx"), ids=str)
def test_the_web_server_hides_the_probes_and_nothing_else(block: Block):
    [pattern] = re.findall(r"location ~ (\S+) ", block.text)
    hidden = {
        name
        for name in ("callback", "invited", "healthz", "readyz")
        if re.search(pattern, reverse(f"sfconnector:{name}"))
    }
    assert hidden == {"healthz", "readyz"}


def test_the_web_server_says_what_the_site_asks_for():
    [block] = of("nginx")
    headers = dict(re.findall(r"proxy_set_header (\S+) (\S+);", block.text))
    settings = (ROOT / "project" / "settings.py").read_text(encoding="utf-8")
    assert '("HTTP_X_FORWARDED_PROTO", "https")' in settings
    assert headers == {"Host": "$host", "X-Forwarded-Proto": "$scheme"}
