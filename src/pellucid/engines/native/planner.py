"""From a graph to a plan.

1. `values.py`, `lowering.py`: the graph as a flat list of values.
2. `placing.py`, `heads.py`: which instruction works out which value.
3. `updates.py`: which new numbers of the state overwrite the old ones, and the order of everything.
4. `writing.py`, `program.py`, `scalars.py`, `memory.py`: the instructions.
5. `waiting.py`: where threads wait for each other, and how long each buffer is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from pellucid.engines.native.chunks import Cutter, rows_of_chunk
from pellucid.engines.native.extents import factor_of, product
from pellucid.engines.native.heads import HEADS
from pellucid.engines.native.lowering import TRANSLATIONS
from pellucid.engines.native.memory import Memory, panels
from pellucid.engines.native.placing import Placing
from pellucid.engines.native.plan import CHUNK, LOCAL, Instruction, Plan
from pellucid.engines.native.scalars import arithmetic
from pellucid.engines.native.updates import Updates
from pellucid.engines.native.values import Value, Values
from pellucid.engines.native.waiting import lives, local_buffers, with_waits
from pellucid.engines.native.writing import Writer
from pellucid.graph import Graph, Node, Path

__all__ = ["Planned", "plan_of"]

_FEWEST_CHUNKS = 4  # a batch of fewer is worked on as a whole


class Planned:
    """A plan, and what its buffers and registers mean.

    Attributes:
        plan: for the compiled side.
        symbols: the unknown sizes that it has to be told.
        inputs: the arrays of a batch by name, in the order of the plan's inputs.
        given: the registers of inputs that are single numbers, by name.
        arrays: the buffer of each array of the state, by path.
        numbers: the register of each single number of the state, by path.
        rests: for registers of whole numbers that are needed to the last bit, the registers of the rest.
        changed: the entries of the state that the plan changes.
        outputs: the value of each wanted result that is no part of the state.
        results: the registers of what is worked out after an epoch.
        watched: the values of the watched nodes that can be seen, by path.
        memory: where all values are.
    """

    def __init__(
        self, values: Values, results: Graph | None, is_state: Callable[[Path], bool], batch: int
    ) -> None:
        placing = Placing(values, HEADS)
        changes = {path: value for path, value in values.outputs.items() if is_state(path)}
        self.outputs = {path: value for path, value in values.outputs.items() if path not in changes}
        self._values = values
        self.symbols = tuple(values.symbols.names)
        self._placing = placing
        self._chunk = 0
        for value in (*self.outputs.values(), *changes.values()):
            if not value.single and not placing.place(value).whole:
                placing.arranged(placing.place(value))
        self.changed = list(changes)
        updates = Updates(placing, {self._old(path, value): value for path, value in changes.items()})
        for value in values.watched.values():
            placing.watch(value)
        only_watched = {value for draft in placing.drafts for value in draft.watched}
        self.memory = Memory(placing.homes, panels(placing), only_watched)
        written = Writer(placing, self.memory).write(updates)
        self.watched = {path: value for path, value in values.watched.items() if self.memory.has(value)}
        kept = self._kept()
        instructions = _numbered(self._in_chunks(written, batch, kept))
        epilogue = len(instructions)
        self.results = self._epilogue(results, instructions)
        self._finish(instructions, epilogue, kept)

    def _old(self, path: Path, new: Value) -> Value:
        """The entry of the state as it is before the step; some are only written."""
        states = self._values.states
        if path not in states:
            states[path] = Value("state", (), {"path": path}, new.shape, new.dtype)
        return states[path]

    def _in_chunks(self, instructions: list[Instruction], batch: int, kept: set[int]) -> list[Instruction]:
        """Work on a part of a large batch at a time."""
        rows = rows_of_chunk(self.memory.numbers_per_example)
        self._fewest = _FEWEST_CHUNKS * rows
        self._cut = batch >= self._fewest
        if not self._cut:
            return instructions
        names = self._values.symbols.names
        self._chunk = len(names)
        cut = Cutter(self.memory, rows, self._chunk, kept).cut(instructions)
        if any(each.kind == "loop" and each.options[0] == CHUNK for each in cut):
            names.append("chunk")
        return cut

    def suits(self, batch: int) -> bool:
        """Return whether the plan would be the same for batches of this size."""
        return self._cut == (batch >= self._fewest)

    @property
    def numbers_per_example(self) -> int:
        """How many numbers there are for each example of a batch, beside those of single chunks."""
        shared = [product((each.rows, each.columns)) for each in self.plan.buffers if each.role != LOCAL]
        return sum(factor_of(size) for size in shared if not isinstance(size, int))

    def _kept(self) -> set[int]:
        """The buffers whose numbers are wanted after the last instruction."""
        kept = {self.buffer(value) for value in self.outputs.values() if not value.single}
        return kept | {self.memory.buffer(value) for value in self.watched.values() if not value.single}

    def _epilogue(self, graph: Graph | None, instructions: list[Instruction]) -> dict[Path, int]:
        """Write what an epoch's sums mean."""
        if graph is None:
            return {}
        values = Values(graph, TRANSLATIONS)
        for path, value in values.states.items():
            self.memory.alias(value, self._values.states[path])
        numbers = [value for value in values.found if value.op not in ("state", "constant", "size")]
        instructions += arithmetic(self.memory, numbers)
        return {path: self.memory.register(value) for path, value in values.outputs.items()}

    def _finish(self, instructions: list[Instruction], epilogue: int, kept: set[int]) -> None:
        memory = self.memory
        given = self._values.inputs
        self.inputs = [name for name, value in given.items() if not value.single]
        self.given = {name: memory.register(value) for name, value in given.items() if value.single}
        inputs = tuple([memory.buffer(given[name]) for name in self.inputs])
        for value in self.outputs.values():
            if value.single:
                memory.register(value)
        states = self._values.states
        self.arrays = {path: memory.buffer(value) for path, value in states.items() if not value.single}
        self.numbers = {path: memory.register(value) for path, value in states.items() if value.single}
        rests = [value for value in self._values.found if value.op == "rest"]
        self.rests = {memory.register(value.inputs[0]): memory.register(value) for value in rests}
        local = local_buffers(instructions, {*inputs, *kept, *self.arrays.values()})
        instructions = [_without_steps(each, local) for each in with_waits(instructions)]
        times = lives(instructions, len(memory.values), inputs, kept, local, self._chunk)
        self.plan = Plan(
            symbols=tuple(self._values.symbols.names),
            buffers=memory.described(times),
            registers=tuple(memory.registers),
            sizes=tuple(memory.sizes),
            instructions=tuple(instructions),
            inputs=inputs,
            epilogue=epilogue,
        )

    def put(self, program: Any, register: int, number: Any) -> None:
        """Give a number to a register of the program."""
        program.set(register, float(number))
        if register in self.rests:
            program.set(self.rests[register], float(number - int(float(number))))

    def buffer(self, value: Value) -> int:
        """Return the buffer in which an output lies."""
        place = self._placing.locate(value)
        return self.memory.buffer(place.owner if place.whole else self._placing.arranged(place))


def plan_of(
    graph: Graph,
    results: Graph | None = None,
    *,
    wanted: Callable[[Path], bool] = lambda path: True,
    is_state: Callable[[Path], bool] = lambda path: False,
    batch: int = 0,
    watched: Mapping[Path, Node] = MappingProxyType({}),
) -> Planned:
    """Plan a graph.

    Args:
        graph: what is done for every batch.
        results: what is worked out of the state's numbers after an epoch.
        wanted: which outputs are needed, by path.
        is_state: which of these are new values of the state.
        batch: how many examples a batch will have, more or less: large ones are worked on in chunks.
        watched: nodes that shall be seen besides, by path; the plan does the same with them and without.
    """
    return Planned(Values(graph, TRANSLATIONS, wanted, watched=watched), results, is_state, batch)


def _numbered(instructions: list[Instruction]) -> list[Instruction]:
    """Say of each loop where it ends, instead of how many instructions it has."""
    return [
        each._replace(options=(each.options[0], number + 1 + each.options[1], *each.options[2:]))
        if each.kind == "loop"
        else each
        for number, each in enumerate(instructions)
    ]


def _without_steps(instruction: Instruction, local: frozenset[int]) -> Instruction:
    """What a thread has for itself holds one chunk: it does not move on with the chunks."""
    if local.isdisjoint([view.buffer for view in instruction.views]):
        return instruction
    views = [
        view._replace(steps=tuple([step for step in view.steps if step.loop != CHUNK]))
        if view.buffer in local
        else view
        for view in instruction.views
    ]
    return instruction._replace(views=tuple(views))
