"""Traces across the queue, where ``sfconnector[otel]`` is installed; else nothing.

A run remembers the trace in which it was asked for, in its row, so that the worker goes
on in the same trace however the run reached it: by the broker, a tick, after a rest. A
span holds numbers and API names, never a value of a record nor a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import Any

TRACEPARENT = "traceparent"
"""W3C's name for what a trace is carried on by."""
LONGEST = 64


@cache
def _api() -> tuple[Any, Any] | None:
    """Return OpenTelemetry's ``trace`` and W3C's carrier; None where it is absent."""
    # Other packages share its name: that a part of it is there does not say much.
    try:
        carrier = import_module("opentelemetry.trace.propagation.tracecontext")
        return import_module("opentelemetry.trace"), carrier
    except ImportError:
        return None


@contextmanager
def span(name: str, *, parent: str = "", **attributes: Any) -> Iterator[None]:
    """Open a span ``sfconnector.<name>`` within the current or a remembered one."""
    api = _api()
    if api is None:
        yield
        return
    trace, carrier = api
    context = None
    if parent:
        reader = carrier.TraceContextTextMapPropagator()
        context = reader.extract({TRACEPARENT: parent})
    known = {f"sfconnector.{key}": value for key, value in attributes.items()}
    tracer = trace.get_tracer("sfconnector")
    # An error's text may hold what Salesforce said: its class alone is told.
    with tracer.start_as_current_span(
        f"sfconnector.{name}",
        context=context,
        attributes=known,
        record_exception=False,
        set_status_on_exception=False,
    ) as now:
        try:
            yield
        except BaseException as error:
            now.set_attribute("error.type", type(error).__name__)
            raise


def current() -> str:
    """Return what carries the current trace on, "" where there is none."""
    api = _api()
    if api is None:
        return ""
    carried: dict[str, str] = {}
    api[1].TraceContextTextMapPropagator().inject(carried)
    return carried.get(TRACEPARENT, "")[:LONGEST]


def note(**attributes: Any) -> None:
    """Write attributes into the current span."""
    api = _api()
    if api is not None:
        now = api[0].get_current_span()
        for key, value in attributes.items():
            now.set_attribute(f"sfconnector.{key}", value)
