"""Modules named sf_hooks are found by themselves, as those named admin are."""

from __future__ import annotations

import subprocess
import sys

LOOK = """
import django, sys
django.setup()
from sfconnector.hooks import receiving
assert "tests.crm.sf_hooks" in sys.modules
assert receiving.receiver_named("tests.crm.sf_hooks.hear")
"""


def test_the_hooks_of_an_app_are_registered_when_django_is_up():
    done = subprocess.run(
        [sys.executable, "-c", LOOK], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
