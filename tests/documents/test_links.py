"""Links lead somewhere: to a page and a heading of ours, or to a host that we know.

What is outside cannot be asked from every machine that runs the tests.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.documents.blocks import FENCE, PAGES, ROOT, TUTORIAL

KNOWN = {"keepachangelog.com", "semver.org"}
"""Hosts that a link may lead to; a new one is looked at by a person and added here."""
LOOPBACK = "127.0.0.1"
EXAMPLES = (".example.com", ".my.salesforce.com", "login.salesforce.com")
"""Hosts that stand for somebody's own, in texts and blocks but never in a link."""
LINK = re.compile(r"\]\(([^)\s]+)\)|<(https?:[^>\s]+)>")
ADDRESS = re.compile(r"https?:[^\s)>\"'`|,;}]+")
EVERY_PAGE = [*PAGES, TUTORIAL]
INSIDE = re.compile(r"^[\w./#-]+$")


def links_of(page: Path) -> list[str]:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    return [one or other for one, other in LINK.findall(text)]


def anchors_of(page: Path) -> set[str]:
    """Return the headings of a page as links name them."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    titles = re.findall(r"^#{1,3} (.+)$", text, re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", title).lower() for title in titles]
    return {title.strip().replace(" ", "-") for title in plain}


@pytest.mark.parametrize("page", EVERY_PAGE, ids=lambda page: page.name)
def test_a_link_outside_is_https_and_to_a_host_that_we_know(page: Path):
    for link in links_of(page):
        parts = urlsplit(link)
        if not parts.scheme:
            continue
        if parts.hostname == LOOPBACK:
            assert parts.scheme == "http", link  # the reader's own computer
            continue
        assert (parts.scheme, parts.port) == ("https", None), link
        assert parts.hostname in KNOWN, link
        assert not parts.username, link


@pytest.mark.parametrize("page", EVERY_PAGE, ids=lambda page: page.name)
def test_an_address_in_a_text_is_well_formed(page: Path):
    for address in ADDRESS.findall(page.read_text(encoding="utf-8")):
        parts = urlsplit(address.rstrip(".:"))
        host = parts.hostname or ""
        is_ours = host == LOOPBACK and parts.scheme == "http"
        is_known = host in KNOWN or f".{host}".endswith(EXAMPLES)
        assert is_ours or host == "web" or (is_known and parts.scheme == "https"), (
            address
        )


@pytest.mark.parametrize("page", EVERY_PAGE, ids=lambda page: page.name)
def test_a_link_inside_leads_to_a_page_and_a_heading(page: Path):
    for link in links_of(page):
        if urlsplit(link).scheme:
            continue
        assert INSIDE.match(link), link
        path, _, anchor = link.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.is_relative_to(ROOT), link
        assert there.exists(), link
        assert not anchor or anchor in anchors_of(there), link


def test_make_docs_fails_on_a_dead_link_and_a_dead_heading(tmp_path: Path):
    dead = "[a page](nowhere.md) and [a heading](faq.md#no-such-heading)"
    (tmp_path / "faq.md").write_text("# Questions\n")
    (tmp_path / "index.md").write_text(f"# Start\n\n{dead}\n")
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").split("\ndocs: ")[1]
    options = recipe.split("sphinx ")[1].split(" docs ")[0].split()
    (tmp_path / "conf.py").write_text(
        'extensions = ["myst_parser"]\nmyst_heading_anchors = 3\n'
    )
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, tmp_path, tmp_path / "made"],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert done.returncode != 0
    assert "nowhere.md" in done.stderr
    assert "no-such-heading" in done.stderr
