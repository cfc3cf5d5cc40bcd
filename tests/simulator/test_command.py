"""The command line: ready line, options, clear errors."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys

import pytest
import requests

from sfconnector.testing.orgs import org_process


def run(*options, **more):
    command = [sys.executable, "-m", "sfconnector.simulator", *options]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=30, check=False, **more
    )


def test_the_ready_line_holds_what_a_client_needs():
    with org_process("--org", "Ready Inc", "--records", "Account=7", "Lead=3") as ready:
        assert list(ready) == [
            "base_url",
            "consumer_key",
            "consumer_secret",
            "username",
            "org_id",
        ]
        form = {
            "grant_type": "client_credentials",
            "client_id": ready["consumer_key"],
            "client_secret": ready["consumer_secret"],
        }
        url = ready["base_url"]
        tokens = requests.post(f"{url}/services/oauth2/token", form, timeout=10).json()
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        soql = {"q": "SELECT Id, Name, IsSandbox FROM Organization"}
        path = f"{url}/services/data/v66.0/query"
        (row,) = requests.get(path, soql, headers=headers, timeout=10).json()["records"]
        assert row["Id"] == ready["org_id"]
        assert (row["Name"], row["IsSandbox"]) == ("Ready Inc", False)
        for name, number in (("Account", 7), ("Lead", 3)):
            soql = {"q": f"SELECT COUNT() FROM {name}"}
            body = requests.get(path, soql, headers=headers, timeout=10).json()
            assert body["totalSize"] == number


def test_the_same_name_and_seed_give_the_same_org():
    with org_process("--org", "Twin") as one, org_process("--org", "Twin") as two:
        assert {k: v for k, v in one.items() if k != "base_url"} == {
            k: v for k, v in two.items() if k != "base_url"
        }
        with org_process("--org", "Twin", "--seed", "2") as three:
            assert three["org_id"] != one["org_id"]
            assert three["consumer_key"] != one["consumer_key"]


def test_a_taken_port_is_one_clear_sentence_and_status_1():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run("--port", str(port))
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert f"Cannot listen on 127.0.0.1:{port}" in result.stderr
    assert "--port" in result.stderr


@pytest.mark.parametrize(
    "options",
    [["--records", "Account"], ["--records", "Account=x"], ["--port", "x"], ["--nope"]],
)
def test_wrong_usage_is_status_2(options):
    result = run(*options)
    assert result.returncode == 2
    assert "usage:" in result.stderr


def test_an_unknown_object_is_named():
    result = run("--port", "0", "--records", "Nonsense=3")
    assert result.returncode == 2
    assert "Nonsense" in result.stderr


def test_help_explains_every_option():
    text = run("--help").stdout
    for option in ("--records", "--rotate-refresh-tokens", "--latency-ms", "--seed"):
        assert option in text


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_ends_it_with_status_0(name):
    process = subprocess.Popen(
        [sys.executable, "-m", "sfconnector.simulator", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    json.loads(process.stdout.readline())
    process.send_signal(getattr(signal, name))
    _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (0, "")


def test_policies_of_the_app_can_be_set():
    options = [
        "--rotate-refresh-tokens",
        "--require-pkce",
        "--sandbox",
        "--redirect-uri",
        "http://127.0.0.1:8000/cb",
        "--page-size",
        "10",
    ]
    with org_process(*options) as ready:
        params = {
            "response_type": "code",
            "client_id": ready["consumer_key"],
            "redirect_uri": "http://127.0.0.1:8000/cb",
        }
        url = ready["base_url"] + "/services/oauth2/authorize"
        answer = requests.get(url, params, timeout=10, allow_redirects=False)
        assert "missing+required+code+challenge" in answer.headers["Location"]
        params["redirect_uri"] += "/"
        assert requests.get(url, params, timeout=10).status_code == 400


def test_it_loads_neither_django_nor_anything_of_ours():
    script = (
        "import sys, sfconnector.simulator.command\n"
        "ours = [n for n in sys.modules if n.startswith('sfconnector.')"
        " and not n.startswith('sfconnector.simulator')]\n"
        "third = [n for n in ('django', 'requests', 'celery', 'cryptography')"
        " if n in sys.modules]\n"
        "print(ours + third)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert result.stdout.strip() == "[]"
