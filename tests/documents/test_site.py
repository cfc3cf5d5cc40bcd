"""The documentation builds without a warning, and shows what is in its folder."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from django.apps import apps

from tests import screenshots
from tests.documents import blocks

SOURCES = [blocks.ROOT / "README.md", *(blocks.ROOT / "docs").rglob("*.md")]


def test_it_builds_without_a_warning(tmp_path: Path):
    words = ("-m", "sphinx", "--fail-on-warning", "--keep-going", "-q", "-b", "html")
    done = subprocess.run(
        [sys.executable, *words, "docs", str(tmp_path)],
        cwd=blocks.ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    api = (tmp_path / "api.html").read_text(encoding="utf-8")
    for name in ("sync.plan_object", "orgs.client_for", "exceptions.SyncBusy"):
        assert f'id="sfconnector.{name}"' in api


def test_every_picture_is_made_by_the_command():
    shown = {
        name
        for page in SOURCES
        for name in re.findall(r"pictures/([\w-]+)\.png", page.read_text("utf-8"))
    }
    there = {path.stem for path in (blocks.ROOT / "docs" / "pictures").glob("*.png")}
    assert shown <= there == set(screenshots.PICTURES)


GUIDES = [
    blocks.ROOT / "README.md",
    *(blocks.ROOT / "docs").glob("*[!g].md"),  # the changelog tells what was
    *(blocks.ROOT / "docs" / "how-to").glob("*.md"),
]
ITALIC = re.compile(r"(?<![*\w])\*([A-Z][^*]+?)\*(?!\*)")
OF_SALESFORCE = {
    "Access unique user identifiers (openid)",
    "Admin approved users are pre-authorized",
    "Distribution State",
    "Enable Client Credentials Flow",
    "Manage user data via APIs (api)",
    "New Last Week",
    "New This Week",
    "Perform requests at any time (refresh_token, offline_access)",
    "Policies",
    "Refresh Token Rotation",
}
"""What Salesforce itself calls fields and boxes of its Setup, and list views."""


def test_what_a_guide_prints_in_italics_is_called_so_on_the_page():
    """Buttons and headings are texts of templates and of Python, or Django's own."""
    folders = (blocks.ROOT / "sfconnector", blocks.ROOT / "templates")
    drawn = "".join(
        path.read_text(encoding="utf-8")
        for folder in folders
        for kind in ("*.html", "*.py")
        for path in folder.rglob(kind)
    )
    models = apps.get_app_config("sfconnector").get_models()
    # Django puts these together: the name of a list, the button above it, a label.
    drawn += "".join(
        f"{one._meta.verbose_name_plural}\nAdd {one._meta.verbose_name}\n"
        for one in models
    ).replace("aPI", "API")
    told = {
        (page.name, part.strip().rstrip("…"))
        for page in GUIDES
        for words in ITALIC.findall(blocks.FENCE.sub("", page.read_text("utf-8")))
        for part in " ".join(words.split()).split("→")
    }
    assert len(told) > 40
    unknown = {
        (page, text)
        for page, text in told
        if text not in OF_SALESFORCE
        and text not in drawn
        and text[0].lower() + text[1:] not in drawn
    }
    assert unknown == set()
