"""Ports of this computer: whether one is free, and what to type when it is not."""

from __future__ import annotations

import socket

HOST = "127.0.0.1"
LAST = 65535


def fault(port: int) -> str:
    """Return why a server could not listen on a port now; empty when it could."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            return str(error.strerror)
        except OverflowError:
            return f"ports end at {LAST}"
    return ""


def is_free(port: int) -> bool:
    """Tell whether a server could listen on a port of this computer now."""
    return not fault(port)


def refusal(port: int, reason: str, *, target: str) -> str:
    """Say that a port cannot be used, and the very command that can be."""
    # Below 1024 only root may listen.
    first = port + 1 if 8000 <= port < LAST else 8000
    free = next(one for one in range(first, LAST) if is_free(one))
    return f"Port {port} cannot be used ({reason}). Use this: make {target} PORT={free}"
