"""The gauges for Prometheus; needs ``sfconnector[prometheus]``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from sfconnector import metrics

__all__ = ["CONTENT_TYPE_LATEST", "Gauges", "page"]


class Gauges:
    """A collector for a registry of the host: ``REGISTRY.register(Gauges())``."""

    def describe(self) -> Iterator[Any]:
        """Name nothing beforehand: to register must not ask the database."""
        return iter(())

    def collect(self) -> Iterator[Any]:
        """Measure, and yield each gauge with its values."""
        for gauge in metrics.measure():
            family = GaugeMetricFamily(gauge.name, gauge.help, labels=gauge.labels)
            for labels, value in gauge.values.items():
                family.add_metric(labels, value)
            yield family


def page() -> bytes:
    """Return the page that Prometheus reads, with the gauges of this app alone."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Gauges())
    return bytes(generate_latest(registry))
