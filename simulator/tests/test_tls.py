"""``--tls``: https by an authority of one's own, for Python and for Node."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from salesforce_simulator import SalesforceOrg, serve
from salesforce_simulator.testing.orgs import org_process
from salesforce_simulator.wire.tls import Authority


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """A running org's ready line."""
    folder = tmp_path_factory.mktemp("tls")
    with org_process("--tls", str(folder), "--records", "Account=5") as line:
        yield line


def form(ready):
    return {
        "grant_type": "client_credentials",
        "client_id": ready["consumer_key"],
        "client_secret": ready["consumer_secret"],
    }


def test_addresses_in_answers_are_https(ready):
    assert ready["base_url"].startswith("https://127.0.0.1:")
    url = ready["base_url"] + "/services/oauth2/token"
    tokens = requests.post(url, form(ready), verify=ready["ca_file"], timeout=10).json()
    assert tokens["instance_url"] == ready["base_url"]
    assert tokens["id"].startswith(f"{ready['base_url']}/id/")
    found = requests.get(
        ready["base_url"] + "/.well-known/openid-configuration",
        verify=ready["ca_file"],
        timeout=10,
    ).json()
    assert found["token_endpoint"].startswith("https://")


def test_the_name_localhost_is_good_too_and_another_is_not(ready):
    for name, good in (("localhost", True), ("127.0.0.2", False)):
        url = ready["base_url"].replace("127.0.0.1", name) + "/services/data"
        if good:
            answer = requests.get(url, verify=ready["ca_file"], timeout=10)
            assert answer.status_code == 200
        else:
            with pytest.raises(requests.exceptions.ConnectionError):
                requests.get(url, verify=ready["ca_file"], timeout=10)


def test_who_does_not_trust_the_authority_is_not_served(ready):
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(ready["base_url"] + "/services/data", timeout=10)


def test_plain_http_and_half_handshakes_stop_nobody(ready):
    plain = ready["base_url"].replace("https", "http")
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(plain, timeout=10)
    url = ready["base_url"] + "/services/data"
    assert requests.get(url, verify=ready["ca_file"], timeout=10).status_code == 200


def test_what_to_set_is_printed_and_works_for_node(tmp_path):
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "salesforce_simulator",
            "--port",
            "0",
            "--tls",
            tmp_path,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        ready = json.loads(process.stdout.readline())
        if shutil.which("node"):
            code = f"fetch('{ready['base_url']}/services/data').then(a => process.exit(a.status == 200 ? 0 : 1))"
            done = subprocess.run(
                ["node", "-e", code],
                env={
                    "NODE_EXTRA_CA_CERTS": ready["ca_file"],
                    "PATH": "/usr/bin:/bin:/usr/local/bin",
                },
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
            assert done.returncode == 0, done.stderr
    finally:
        process.terminate()
        _, told = process.communicate(timeout=10)
    for variable in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"):
        assert f"{variable}={ready['ca_file']}" in told


def test_the_authority_is_kept_and_its_key_is_the_owners_alone(tmp_path):
    folder = tmp_path / "authority"
    first = Authority(folder)
    first.context()
    before = first.certificate.read_bytes()
    Authority(folder).context(names=["org.example"])
    assert first.certificate.read_bytes() == before
    for name in ("authority.key", "server.pem"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_faults_on_the_wire_are_possible_under_tls(tmp_path):
    org = SalesforceOrg()
    authority = Authority(tmp_path)
    trusted = str(authority.certificate)
    with serve(org, tls=authority.context()) as url:
        org.faults.add("/services/data", reset=True, times=1)
        with pytest.raises(requests.exceptions.RequestException):
            requests.get(url + "/services/data", verify=trusted, timeout=10)
        org.faults.add("/services/data", cut=0.5, times=1)
        with pytest.raises(requests.exceptions.RequestException):
            requests.get(url + "/services/data", verify=trusted, timeout=10)
        again = requests.get(url + "/services/data", verify=trusted, timeout=10)
        assert again.status_code == 200


def test_a_folder_that_cannot_be_used_is_named(tmp_path):
    taken = Path(tmp_path / "file")
    taken.write_text("x", encoding="utf-8")
    command = [sys.executable, "-m", "salesforce_simulator", "--tls", str(taken)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 2
    assert str(taken) in done.stderr
    assert done.stderr.count("\n") == 1
