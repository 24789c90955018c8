"""What comes before the first step of a fit: python -m benchmarks.build [runs].

The graphs are built and simplified, and the engine gets ready: the native one makes its plan, NumPy's writes
and compiles its program. PELLUCID_ENGINE chooses between them.
"""

from __future__ import annotations

import sys
from functools import partial

from benchmarks.machine import machine
from benchmarks.measuring import Time, duration, in_turn, medians, of_call
from benchmarks.peers.keras_programs import network
from benchmarks.peers.work import WORKS, Work, data
from pellucid.engines.blueprint import Blueprint
from pellucid.engines.choice import engine_for, engine_name
from pellucid.training.graphs import blueprint

DEPTHS = (10, 30, 100, 300)


def deep(layers: int) -> Work:
    units = (*[20] * (layers - 1), 4)
    return WORKS["ecom"]._replace(name=f"{layers} layers", inputs=(20,), units=units)


def steps(work: Work) -> list[partial[Time]]:
    """Return what times the two halves: graphs, and what the engine makes of them."""
    model = network(work)
    arguments = (model.name, model.layers, model.known_shape(), model.compiled(weighted=False))
    graphs = blueprint(*arguments)
    arrays = data(work._replace(rows=1))
    state = engine_for(graphs).initial_state(0)

    def ready(graphs: Blueprint) -> None:
        engine_for(graphs).run(arrays, state, work.batch, 1, shuffle=False)

    return [partial(of_call, partial(blueprint, *arguments)), partial(of_call, partial(ready, graphs))]


def report(work: Work, runs: int) -> None:
    built, ready = map(medians, in_turn(runs, *steps(work)))
    layers = len(work.filters) + len(work.units)
    print(
        f"{work.name:12} {duration(built.wall + ready.wall):>8} ({duration(built.cpu + ready.cpu)} of a "
        f"processor): graphs {duration(built.wall)}, engine {duration(ready.wall)}; "
        f"{duration((built.wall + ready.wall) / layers)} a layer",
        flush=True,
    )


def main(runs: int) -> None:
    print(f"{machine()}; the {engine_name()} engine")
    first = of_call(lambda: [timer() for timer in steps(WORKS["ecom"])])
    print(f"the first model of a process, its code loaded with it: {duration(first.wall)}")
    for work in WORKS.values():
        if not work.predicts:
            report(work, runs)
    for depth in DEPTHS:
        report(deep(depth), max(3, runs * 10 // depth))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
