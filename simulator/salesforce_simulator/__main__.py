"""``python -m salesforce_simulator``."""

from __future__ import annotations

import sys

from salesforce_simulator.command import main

if __name__ == "__main__":
    sys.exit(main())
