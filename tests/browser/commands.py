"""A person copies a cURL command out of the explorer and runs it in a shell."""

from __future__ import annotations

import json
import re
import subprocess

import requests
from playwright.sync_api import Page

from salesforce_simulator import SalesforceOrg


def copied(page: Page, method: str, path: str) -> str:
    """Take a call up from the explorer's history and return its cURL command."""
    call = re.compile(f"{method} {re.escape(path)}\\s")
    page.locator("#sf-history a", has_text=call).first.click()
    page.locator(".sf-x-code > summary").click()
    command = page.locator("#sf-curl").inner_text()
    assert "$SF_ACCESS_TOKEN" in command
    return command


def token_of(simulated: SalesforceOrg) -> str:
    """Ask the pretend org for a token, as a person does who fills one in."""
    form = {
        "grant_type": "client_credentials",
        "client_id": simulated.consumer_key,
        "client_secret": simulated.consumer_secret,
    }
    url = f"{simulated.base_url}/services/oauth2/token"
    return str(requests.post(url, form, timeout=10).json()["access_token"])


def run(command: str, token: str) -> dict[str, object]:
    done = subprocess.run(
        ["sh", "-c", f"{command} --silent --show-error"],
        env={"SF_ACCESS_TOKEN": token, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    answer: dict[str, object] = json.loads(done.stdout)
    return answer
