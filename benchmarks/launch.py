"""Start a program, wait for its end, and print what it took: seconds by the clock and of a processor, bytes.

It is run by itself, without even NumPy: the system counts the memory of the process that starts a program
among the program's own, so the peak of a small program can only be had from a smaller one.
"""

import os
import sys
from time import perf_counter

start = perf_counter()
child = os.posix_spawn(
    sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
)
_, status, used = os.wait4(child, 0)
wall = perf_counter() - start
print(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * (1 if sys.platform == "darwin" else 1024))
sys.exit(os.waitstatus_to_exitcode(status) != 0)
