"""What the app finds by this module's name; it listens to nothing that tests have."""

from __future__ import annotations

from sfconnector.hooks import Change, on_records


@on_records("Nothing__c", org="nowhere")
def hear(change: Change) -> None:
    """Is never called."""
