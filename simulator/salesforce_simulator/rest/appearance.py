"""What the user interface looks like: ``/tabs`` and ``/theme``."""

from __future__ import annotations

from salesforce_simulator.metadata import icons
from salesforce_simulator.rest.call import Call
from salesforce_simulator.rest.describe import unless_unchanged
from salesforce_simulator.wire.messages import Response


def tabs(call: Call) -> Response:
    """``GET /tabs``: every tab that the user may open."""
    return Response(200, value=icons.tabs(call.place, call.schema.objects()))


def theme(call: Call) -> Response:
    """``GET /theme``: the colours and icons of every object with pages."""
    return unless_unchanged(
        call, lambda: icons.theme(call.place, call.schema.objects())
    )
