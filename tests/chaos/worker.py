"""A site's one process, reduced to its worker: ``python -m tests.chaos.worker``."""

from __future__ import annotations

import signal
import threading


def main() -> None:
    """Work off runs with the embedded worker until the process is asked to end."""
    import django

    django.setup()
    from project.celery import app
    from sfconnector import embedded

    done = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: done.set())
    embedded.start(app, concurrency=2)
    while not done.wait(1):
        pass
    embedded.stop()


if __name__ == "__main__":
    main()
