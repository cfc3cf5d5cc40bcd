"""The gauges for OpenTelemetry; needs ``sfconnector[otel]`` and the host's SDK."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

from django.db import connections
from opentelemetry import metrics as api
from opentelemetry.metrics import CallbackOptions, Observation

from sfconnector import metrics, transactions

FRESH_S = 5.0
"""An exporter asks gauge by gauge; so long one measurement serves them all."""


class Measured:
    """The last measurement, taken anew when it is old."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at = float("-inf")
        self._gauges: dict[str, metrics.Gauge] = {}

    def gauge(self, name: str) -> metrics.Gauge | None:
        """Return a gauge by its name, as it is now."""
        with self._lock:
            if time.monotonic() - self._at > FRESH_S:
                self._gauges = {one.name: one for one in metrics.measure()}
                self._at = time.monotonic()
                _let_go()
            return self._gauges.get(name)


def install() -> None:
    """Have the host's meter provider observe the gauges.

    Once and in one process of a site, such as its worker: every process would tell
    the same. Their names are those of the Prometheus page.
    """
    meter = api.get_meter("sfconnector")
    measured = Measured()
    for name in metrics.NAMES:
        meter.create_observable_gauge(name, [_callback(measured, name)])


def _let_go() -> None:
    """Close the connections of this thread: an exporter's lives as long as its process.

    Not within a transaction, which is the caller's.
    """
    if not transactions.connection().in_atomic_block:
        connections.close_all()


def _callback(
    measured: Measured, name: str
) -> Callable[[CallbackOptions], Iterable[Observation]]:
    def observe(_options: CallbackOptions) -> Iterable[Observation]:
        gauge = measured.gauge(name)
        if gauge is None:
            return []
        return [
            Observation(value, dict(zip(gauge.labels, labels, strict=True)))
            for labels, value in gauge.values.items()
        ]

    return observe
