"""What make release-check refuses, and that both distributions could be released."""

from __future__ import annotations

import pytest

from tests import release

GOOD = "# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2026-11-28\n\n- Something.\n"


def test_a_changelog_that_tells_of_the_version_passes():
    assert release.of_changelog(GOOD, "1.2.0") == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD, "has no section"),
        (GOOD.replace("1.2.0", "1.3.0").replace(" - 2026-11-28", ""), "has no date"),
        (GOOD.replace("1.2.0", "1.3.0").replace("- Something.", ""), "says nothing"),
    ],
)
def test_a_changelog_that_does_not_is_refused(text, says):
    assert says in " ".join(release.of_changelog(text, "1.3.0"))


@pytest.mark.parametrize("version", ["soon", "1.0.dev1", "1.0+here"])
def test_a_version_that_is_none_is_refused(version):
    assert release.of_version(version)


@pytest.mark.parametrize("package", release.DISTRIBUTIONS)
def test_the_metadata_of_each_wheel_are_whole(package):
    folder = release.DISTRIBUTIONS[package]
    version = release.version_of(package, folder)
    assert release.of_version(version) == []
    assert release.of_metadata(release.metadata_of(folder), version) == []
