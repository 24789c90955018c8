"""Pellucid beside what one would take instead: python -m benchmarks.peers --peers PATH/TO/python."""

from __future__ import annotations

from pathlib import Path

from benchmarks.peers.comparison import CELSIUS, chosen, compare, parser
from benchmarks.peers.sides import ROOT
from benchmarks.peers.table import replaced
from benchmarks.peers.work import variants

README: Path = ROOT / "README.md"


def main() -> None:
    options = parser("benchmarks.peers", "Time Pellucid and other libraries in turn.")
    options.add_argument(
        "--variants", action="store_true", help="every optimizer and activation, beside JAX alone"
    )
    options.add_argument("--write", action="store_true", help="put the table into README.md")
    arguments = options.parse_args()
    if arguments.write and (arguments.variants or arguments.work or arguments.against):
        options.error("README.md has the whole table: --write stands alone or with --peers and --rounds")

    works = chosen(arguments)
    if arguments.variants:
        arguments.against = ["jax"]
        dense = [work for work in works if not work.filters]
        print(compare([variant for work in dense for variant in variants(work)], arguments))
        return
    report = compare(works, arguments, celsius=not arguments.work or CELSIUS in arguments.work)
    print(report)
    if arguments.write:
        text = README.read_text(encoding="utf-8")
        README.write_text(replaced(text, report), encoding="utf-8")


if __name__ == "__main__":
    main()
