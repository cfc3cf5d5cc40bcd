"""jsforce as its lock file says, and a script of it run against a pretend org."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from npm_at_work import install

FOLDER = Path(__file__).parent / "jsforce"


def run(script: str, org) -> dict:
    """What a script of the folder prints; it reads how to reach the org."""
    install(FOLDER)
    asked = {
        "url": org.base_url,
        "key": org.consumer_key,
        "secret": org.consumer_secret,
        "username": org.user.username,
    }
    result = subprocess.run(
        ["node", script],
        cwd=FOLDER,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)
