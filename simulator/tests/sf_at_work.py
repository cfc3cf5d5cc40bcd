"""The Salesforce CLI as its lock file says, run against a pretend org."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from npm_at_work import install

FOLDER = Path(__file__).parent / "sf"
QUIET = {
    "SF_AUTOUPDATE_DISABLE": "true",
    "SF_DISABLE_TELEMETRY": "true",
    "SF_SKIP_NEW_VERSION_CHECK": "true",
    "SF_USE_GENERIC_UNIX_KEYCHAIN": "true",
}


class Cli:
    """Runs ``sf`` commands against one org, each of them counted."""

    def __init__(self, home, org):
        self.home, self.org, self.commands = home, org, 0
        self.environment = {
            **{name: os.environ[name] for name in ("PATH",)},
            **QUIET,
            "HOME": str(home),
        }

    def run(self, *words, status=0):
        self.commands += 1
        done = subprocess.run(
            [str(FOLDER / "node_modules" / ".bin" / "sf"), *map(str, words)],
            cwd=self.home,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == status, f"{words}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def json(self, *words, status=0):
        """What a command answers; its ``result`` when it succeeds."""
        body = json.loads(self.run(*words, "--json", status=status))
        return body if status else body["result"]

    def org_json(self, *words, status=0):
        return self.json(*words, "-o", "sim", status=status)

    def query(self, soql, *more):
        return self.org_json("data", "query", "-q", soql, *more)["records"]

    def rows(self, soql):
        """The rows of a query as the CLI writes CSV."""
        words = ("data", "query", "-q", soql, "-o", "sim", "-r", "csv")
        return list(csv.DictReader(io.StringIO(self.run(*words))))


def log_in(home, org):
    """The CLI, logged in by JWT as it signs it: with an end in milliseconds."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    org.app.public_key = (
        key.public_key()
        .public_bytes(
            serialization.Encoding.PEM,
            serialization.PublicFormat.SubjectPublicKeyInfo,
        )
        .decode()
    )
    (home / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    install(FOLDER)
    cli = Cli(home, org)
    made = cli.json(
        *("org", "login", "jwt", "--client-id", org.consumer_key),
        *("--jwt-key-file", home / "key.pem", "--username", org.user.username),
        *("--instance-url", org.base_url, "--alias", "sim"),
    )
    assert (made["orgId"], made["instanceUrl"]) == (org.org_id, org.base_url)
    return cli
