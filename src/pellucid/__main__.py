"""`python -m pellucid` is the command `pellucid`."""

from __future__ import annotations

import sys

from pellucid.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    sys.exit(main())
