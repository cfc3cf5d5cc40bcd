"""The command line: ready line, options, clear errors."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from salesforce_simulator.testing.orgs import org_process


def run(*options, **more):
    command = [sys.executable, "-m", "salesforce_simulator", *options]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=30, check=False, **more
    )


def entered(ready):
    """Log in by client credentials; return the headers of a session."""
    form = {
        "grant_type": "client_credentials",
        "client_id": ready["consumer_key"],
        "client_secret": ready["consumer_secret"],
    }
    url = ready["base_url"] + "/services/oauth2/token"
    tokens = requests.post(url, form, timeout=10).json()
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def test_the_ready_line_holds_what_a_client_needs():
    with org_process("--org", "Ready Inc", "--records", "Account=7", "Lead=3") as ready:
        assert list(ready) == [
            "base_url",
            "consumer_key",
            "consumer_secret",
            "username",
            "org_id",
        ]
        headers = entered(ready)
        soql = {"q": "SELECT Id, Name, IsSandbox FROM Organization"}
        path = ready["base_url"] + "/services/data/v66.0/query"
        (row,) = requests.get(path, soql, headers=headers, timeout=10).json()["records"]
        assert row["Id"] == ready["org_id"]
        assert (row["Name"], row["IsSandbox"]) == ("Ready Inc", False)
        for name, number in (("Account", 7), ("Lead", 3)):
            soql = {"q": f"SELECT COUNT() FROM {name}"}
            body = requests.get(path, soql, headers=headers, timeout=10).json()
            assert body["totalSize"] == number


def test_an_empty_org_takes_more_users():
    options = ("--empty", "--user", "bob.builder@a.example", "--user", "eve@a.example")
    with org_process(*options) as ready:
        headers = entered(ready)
        soql = {"q": "SELECT Name FROM User"}
        path = ready["base_url"] + "/services/data/v66.0/query"
        rows = requests.get(path, soql, headers=headers, timeout=10).json()["records"]
        assert {"Bob Builder", "Eve User"} <= {row["Name"] for row in rows}


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
        [sys.executable, "-m", "salesforce_simulator", "--port", "0"],
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
        "import sys, salesforce_simulator.command\n"
        "names = ('django', 'requests', 'celery', 'sfconnector')\n"
        "print([name for name in names if name in sys.modules])\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert result.stdout.strip() == "[]"


def test_a_public_key_comes_from_a_file(tmp_path):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    file = tmp_path / "public.pem"
    file.write_bytes(
        key.public_key().public_bytes(
            serialization.Encoding.PEM,
            serialization.PublicFormat.SubjectPublicKeyInfo,
        )
    )
    with org_process("--public-key", str(file)) as ready:
        claims = {
            "iss": ready["consumer_key"],
            "sub": ready["username"],
            "aud": "https://login.salesforce.com",
            "exp": int(time.time()) + 180,
        }
        form = {
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": jwt.encode(claims, key, algorithm="RS256"),
        }
        url = f"{ready['base_url']}/services/oauth2/token"
        assert requests.post(url, form, timeout=10).status_code == 200


@pytest.mark.parametrize("content", [None, "no key"])
def test_a_public_key_that_is_none_is_one_sentence_and_status_2(tmp_path, content):
    file = tmp_path / "public.pem"
    if content:
        file.write_text(content, encoding="utf-8")
    result = run("--port", "0", "--public-key", str(file))
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
