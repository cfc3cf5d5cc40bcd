"""What the app announces. Receivers of a host never fail our work: ``send_robust``.

The sender of each signal is the model class it speaks of.
"""

from __future__ import annotations

from django.dispatch import Signal

org_connected = Signal()
"""An org was connected or reconnected. Arguments: ``org``, ``reconnected`` (bool)."""

org_disconnected = Signal()
"""An org's grant was revoked and forgotten. Arguments: ``org``."""

org_needs_reconnect = Signal()
"""The grant died; a person must reconnect. Arguments: ``org``, ``reason`` (str)."""

run_queued = Signal()
"""A run row waits for a worker; sent after commit. Arguments: ``run_id`` (int)."""

run_finished = Signal()
"""A run reached its end. Arguments: ``run`` (its ``state`` tells how)."""

records_changed = Signal()
"""A batch of records was committed. Arguments: ``org``, ``sobject`` (API name),
``created``, ``updated``, ``deleted`` (lists of 18-character ids),
``changed_fields`` (mapping id → list of API names, of the updated ones). What came in
another spelling with the same values is not updated; what was met in the recycle bin
alone is not created."""

schema_changed = Signal()
"""A describe differs from the last one. Arguments: ``org``, ``sobject``,
``changes`` (list of SchemaChange rows: which ``field`` was ``kind`` added, removed or
changed, then in which ``attribute``, ``before`` and ``after``)."""

masks_changed = Signal()
"""Fields of an object are masked, or no longer. Arguments: ``org``, ``sobject``. Sent
within the transaction that keeps the masks; who raises takes them back."""
