"""``python -m sfconnector.simulator``."""

from __future__ import annotations

import sys

from sfconnector.simulator.command import main

if __name__ == "__main__":
    sys.exit(main())
