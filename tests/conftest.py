"""What holds for all tests."""

from __future__ import annotations

import os

from hypothesis import settings

# No test depends on how fast the machine is, nor on what was tried in an earlier run.
settings.register_profile("pellucid", deadline=None, derandomize=True, database=None)
settings.load_profile("pellucid")

# Plots are drawn into memory: no window opens, whatever the desktop.
os.environ["MPLBACKEND"] = "Agg"
