"""The command `pellucid`: a network from a table, its answers, and its program.

One file for each command; none of them loads NumPy before it has work for it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what a command line says.

    Args:
        arguments: the words after `pellucid`; those of this process unless given.
    Returns:
        0 if it was done, 1 for an error that was said in a sentence, 2 for words that make no command, 130
        after Ctrl-C.
    """
    from pellucid.cli._parser import parser
    from pellucid.cli._streams import forgiving, silence
    from pellucid.errors import PellucidError

    try:
        forgiving(sys.stdout, sys.stderr)
        options = parser().parse_args(arguments)
        code: int = options.run(options)
        sys.stdout.flush()
    except SystemExit as stop:  # argparse has said what there is to say
        return int(stop.code or 0)
    except PellucidError as error:
        print(f"pellucid: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # nobody reads on: `pellucid source MODEL | head`
        silence(sys.stdout)
        return 1
    except OSError as error:
        place = "" if error.filename is None else f"{error.filename!r}: "
        print(f"pellucid: {place}{error.strerror or error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\npellucid: stopped.", file=sys.stderr)
        return 130
    return code
