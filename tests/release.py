"""Says what speaks against a release: ``python -m tests.release``, by make release-check.

Both wheels are built, their metadata are read, and each changelog must tell of the
version that the package names. A clean installation is what tests/packaging does next.
"""

from __future__ import annotations

import email
import email.message
import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

from packaging.version import InvalidVersion, Version

from tests.environment import ROOT, of_a_process

DISTRIBUTIONS = {
    "sfconnector": ROOT,
    "salesforce_simulator": ROOT / "simulator",
}
"""Package → folder of its pyproject.toml and its CHANGELOG.md."""
NEEDED = (
    "Summary",
    "License-Expression",
    "Requires-Python",
    "Description-Content-Type",
)
HEADING = re.compile(
    r"^## \[?(?P<version>[^\]\s]+)\]?(?: - (?P<date>\d{4}-\d\d-\d\d))?$"
)


def of_changelog(text: str, version: str) -> list[str]:
    """Say what a changelog lacks for a version: a section with a date and a line."""
    sections: dict[str, tuple[str | None, list[str]]] = {}
    lines: list[str] = []
    for line in text.splitlines():
        if found := HEADING.match(line):
            lines = []
            sections[found["version"]] = (found["date"], lines)
        elif line.startswith("- "):
            lines.append(line)
    date, told = sections.get(version, (None, []))
    if version not in sections:
        return [f"CHANGELOG.md has no section “## [{version}] - <date>”."]
    missing = [] if date else [f"The section of {version} has no date."]
    return missing if told else [*missing, f"The section of {version} says nothing."]


def of_metadata(metadata: email.message.Message, version: str) -> list[str]:
    """Say what the metadata of a wheel lack."""
    found = [
        f"The wheel's metadata lack {one}." for one in NEEDED if one not in metadata
    ]
    if metadata["Version"] != version:
        found.append(f"The wheel is of version {metadata['Version']}, not {version}.")
    return found


def of_version(version: str) -> list[str]:
    """Say when a version is none, or none that is released."""
    try:
        is_final = not Version(version).is_devrelease and not Version(version).local
    except InvalidVersion:
        return [f"{version} is no version (PEP 440)."]
    return [] if is_final else [f"{version} is no version to release."]


def version_of(package: str, folder: Path) -> str:
    """Read the version where pyproject.toml says that it stands."""
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    path = folder / project["tool"]["hatch"]["version"]["path"]
    named = re.search(r'__version__ = "([^"]+)"', path.read_text(encoding="utf-8"))
    if named is None:
        raise SystemExit(f"{package} names no version in {path.name}.")
    return named[1]


def metadata_of(folder: Path) -> email.message.Message:
    """Build the wheel of a distribution and return its metadata."""
    with tempfile.TemporaryDirectory() as out:
        command = ("build", "--wheel", "--no-isolation", "--outdir", out, str(folder))
        subprocess.run(
            [sys.executable, "-m", *command],
            check=True,
            stdout=subprocess.DEVNULL,
            env=of_a_process(PYTHONPATH=""),
        )
        (path,) = Path(out).glob("*.whl")
        with zipfile.ZipFile(path) as wheel:
            name = next(one for one in wheel.namelist() if one.endswith("/METADATA"))
            return email.message_from_bytes(wheel.read(name))


def problems(package: str, folder: Path) -> list[str]:
    """Say everything that speaks against releasing a distribution as it is."""
    version = version_of(package, folder)
    changelog = (folder / "CHANGELOG.md").read_text(encoding="utf-8")
    return [
        *of_version(version),
        *of_changelog(changelog, version),
        *of_metadata(metadata_of(folder), version),
    ]


def main() -> int:
    """Print what is wrong; return 1 when something is."""
    found = [
        f"{package}: {one}"
        for package, folder in DISTRIBUTIONS.items()
        for one in problems(package, folder)
    ]
    print("\n".join(found) or "Nothing speaks against a release.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
