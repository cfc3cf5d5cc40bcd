"""Static files under hashed names, once they have been collected."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class CollectedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """whitenoise's storage that gives plain names before the first collectstatic."""

    def stored_name(self, name: str) -> str:
        """Return the hashed name from the manifest, or the name when there is none."""
        if not self.hashed_files:
            return name
        stored: str = super().stored_name(name)
        return stored
