"""From a graph to a plan.

1. `values.py`, `lowering.py`: the graph as a flat list of values.
2. `placing.py`, `heads.py`: which instruction works out which value.
3. here: which new numbers of the state overwrite the old ones, and the order of everything.
4. `writing.py`, `program.py`, `memory.py`: the instructions.
5. `waiting.py`: where threads wait for each other, and how long each buffer is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pellucid.engines.native.chunks import Cutter, rows_of_chunk
from pellucid.engines.native.drafts import Draft
from pellucid.engines.native.heads import HEADS
from pellucid.engines.native.lowering import TRANSLATIONS
from pellucid.engines.native.memory import Memory, panels
from pellucid.engines.native.placing import Placing
from pellucid.engines.native.plan import REGISTER, Instruction, Op, Plan
from pellucid.engines.native.values import Value, Values
from pellucid.engines.native.waiting import lives, local_buffers, with_waits
from pellucid.engines.native.writing import Writer
from pellucid.graph import NUMBER, Graph, Path

__all__ = ["Planned", "plan_of"]

_FEWEST_CHUNKS = 4  # a batch of fewer is worked on as a whole


class Planned:
    """A plan, and what its buffers and registers mean.

    Attributes:
        plan: for the compiled side.
        inputs: the arrays of a batch by name, in the order of the plan's inputs.
        given: the registers of inputs that are single numbers, by name.
        arrays: the buffer of each array of the state, by path.
        numbers: the register of each single number of the state, by path.
        rests: for registers of whole numbers that are needed to the last bit, the registers of the rest.
        changed: the entries of the state that the plan changes.
        outputs: the value of each wanted result that is no part of the state.
        results: the registers of what is worked out after an epoch.
        memory: where all values are.
    """

    def __init__(
        self, values: Values, results: Graph | None, is_state: Callable[[Path], bool], batch: int
    ) -> None:
        placing = Placing(values, HEADS)
        changes = {path: value for path, value in values.outputs.items() if is_state(path)}
        self.outputs = {path: value for path, value in values.outputs.items() if path not in changes}
        self._values = values
        self._placing = placing
        self._chunk = 0
        for value in (*self.outputs.values(), *changes.values()):
            if not value.single and not placing.place(value).whole:
                placing.arranged(placing.place(value))
        self.changed = list(changes)
        old = {path: self._old(path, value) for path, value in changes.items()}
        for path, value in changes.items():
            if not value.single and old[path] is not value and placing.locate(value).owner in old.values():
                changes[path] = placing.arranged(placing.place(value))  # before that state changes itself
        homes, commits = _in_place(placing, {old[path]: value for path, value in changes.items()})
        order = _ordered(placing, homes, commits)
        self.memory = Memory({new: state for state, new in homes.items()}, panels(placing))
        instructions = self._in_chunks(self._instructions(order, commits), batch)
        epilogue = len(instructions)
        self.results = self._epilogue(results, instructions)
        self._finish(instructions, epilogue)

    def _old(self, path: Path, new: Value) -> Value:
        """The entry of the state as it is before the step; some are only written."""
        states = self._values.states
        if path not in states:
            states[path] = Value("state", (), {"path": path}, new.shape, new.dtype)
        return states[path]

    def _instructions(self, order: list[Draft], commits: dict[Value, Value]) -> list[Instruction]:
        writer = Writer(self._placing, self.memory)
        instructions: list[Instruction] = []
        numbers = self._placing.numbers
        level = 0
        for draft in order:
            while level < draft.level:
                instructions += self.scalars(numbers.get(level, ()))
                level += 1
            instructions += writer.write(draft)
        for rest in range(level, max(numbers, default=0) + 1):
            instructions += self.scalars(numbers.get(rest, ()))
        instructions += [writer.commit(state, new) for state, new in commits.items() if not state.single]
        return instructions + self._committed({s: new for s, new in commits.items() if s.single})

    def _in_chunks(self, instructions: list[Instruction], batch: int) -> list[Instruction]:
        """Work on a part of a large batch at a time."""
        rows = rows_of_chunk(self.memory.numbers_per_example)
        self._fewest = _FEWEST_CHUNKS * rows
        self._cut = batch >= self._fewest
        if not self._cut:
            return instructions
        names = self._values.symbols.names
        self._chunk = len(names)
        cut = Cutter(self.memory, rows, self._chunk).cut(instructions)
        if any(each.kind == "loop" for each in cut):
            names.append("chunk")
        return [
            each._replace(options=(each.options[0], number + 1 + each.options[1], *each.options[2:]))
            if each.kind == "loop"
            else each
            for number, each in enumerate(cut)
        ]

    def suits(self, batch: int) -> bool:
        """Return whether the plan would be the same for batches of this size."""
        return self._cut == (batch >= self._fewest)

    def _committed(self, commits: dict[Value, Value]) -> list[Instruction]:
        """Let the single numbers of the state have their new values, all at once."""
        register = self.memory.register
        crossing = [new for new in commits.values() if new.op == "state"]
        kept = {new: self.memory.spare() for new in crossing}
        ops = [Op("copy", REGISTER + kept[new], REGISTER + register(new)) for new in crossing]
        ops += [
            Op("copy", REGISTER + register(state), REGISTER + (kept[new] if new in kept else register(new)))
            for state, new in commits.items()
            if state is not new
        ]
        return [Instruction("scalars", (), (), tuple(ops), "float64")] if ops else []

    def scalars(self, values: Iterable[Value]) -> list[Instruction]:
        """Write arithmetic with single numbers: one program for each dtype in a row."""
        instructions: list[Instruction] = []
        lanes = ""
        ops: list[Op] = []
        for value in values:
            wanted = _scalar_lanes(value.dtype)
            if wanted != lanes and ops:
                instructions.append(Instruction("scalars", (), (), tuple(ops), lanes))
                ops = []
            lanes = wanted
            to, *codes = [REGISTER + self.memory.register(operand) for operand in (value, *value.inputs)]
            a, b, c = (*codes, 0, 0)[:3]
            ops.append(Op(value.op, to, a, b, c))
        if ops:
            instructions.append(Instruction("scalars", (), (), tuple(ops), lanes))
        return instructions

    def _epilogue(self, graph: Graph | None, instructions: list[Instruction]) -> dict[Path, int]:
        """Write what an epoch's sums mean."""
        if graph is None:
            return {}
        values = Values(graph, TRANSLATIONS)
        for path, value in values.states.items():
            self.memory.alias(value, self._values.states[path])
        arithmetic = [value for value in values.found if value.op not in ("state", "constant", "size")]
        instructions += self.scalars(arithmetic)
        return {path: self.memory.register(value) for path, value in values.outputs.items()}

    def _finish(self, instructions: list[Instruction], epilogue: int) -> None:
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
        kept = {self.buffer(value) for value in self.outputs.values() if not value.single}
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
) -> Planned:
    """Plan a graph.

    Args:
        graph: what is done for every batch.
        results: what is worked out of the state's numbers after an epoch.
        wanted: which outputs are needed, by path.
        is_state: which of these are new values of the state.
        batch: how many examples a batch will have, more or less: large ones are worked on in chunks.
    """
    return Planned(Values(graph, TRANSLATIONS, wanted), results, is_state, batch)


def _without_steps(instruction: Instruction, local: frozenset[int]) -> Instruction:
    """What a thread has for itself holds one chunk: it does not move on with the chunks."""
    if local.isdisjoint([view.buffer for view in instruction.views]):
        return instruction
    views = [view._replace(steps=()) if view.buffer in local else view for view in instruction.views]
    return instruction._replace(views=tuple(views))


def _scalar_lanes(dtype: str) -> str:
    if dtype == NUMBER or dtype == "bool":
        return "float64"
    return dtype if dtype.startswith("float") else "int64"


# ------------------------------------------------------------ new numbers in the place of the old
def _in_place(placing: Placing, changes: dict[Value, Value]) -> tuple[dict[Value, Value], dict[Value, Value]]:
    """Return which new values are written over the old ones at once, and which are copied there later."""
    readers: dict[Value, list[Draft]] = {}
    for draft in placing.drafts:
        for place in draft.places:
            readers.setdefault(place.owner, []).append(draft)
        for operand in draft.loads:
            readers.setdefault(placing.locate(operand).owner, []).append(draft)
    homes: dict[Value, Value] = {}
    commits: dict[Value, Value] = {}
    taken: set[Value] = set()
    for state, new in changes.items():
        if state is new:
            continue
        at_once = new not in taken and _can_overwrite(placing, state, new, readers.get(state, []))
        (homes if at_once else commits)[state] = new
        taken.add(new)
    return homes, commits


def _can_overwrite(placing: Placing, state: Value, new: Value, readers: list[Draft]) -> bool:
    draft = placing.draft_of.get(new)
    if state.single or draft is None or draft.kind not in ("matmul", "reduce", "elementwise"):
        return False
    if any(reader.level > draft.level for reader in readers):
        return False
    if draft.kind == "reduce" and len(new.shape) != 1:
        return False
    if any(place.owner is state for place in draft.places):
        return False
    return all(
        placing.locate(operand).whole and operand.shape == draft.shape
        for operand in draft.loads
        if placing.locate(operand).owner is state
    )


def _ordered(placing: Placing, homes: dict[Value, Value], commits: dict[Value, Value]) -> list[Draft]:
    """Sort the drafts by level; in a level, who reads old numbers comes before who overwrites them."""
    levels: dict[int, list[Draft]] = {}
    for draft in sorted(placing.drafts, key=lambda draft: draft.order):
        levels.setdefault(draft.level, []).append(draft)
    overwritten: dict[Draft, set[Value]] = {}
    for state, new in homes.items():
        overwritten.setdefault(placing.draft_of[new], set()).add(state)
    order: list[Draft] = []
    for level in sorted(levels):
        waiting = levels[level]
        reads = {draft: _read_by(placing, draft) for draft in waiting} if overwritten else {}
        while waiting:
            ready = next((draft for draft in waiting if _may_run(draft, waiting, overwritten, reads)), None)
            if (
                ready is None
            ):  # they read each other's old numbers: one of them has to keep its new ones apart
                ready = waiting[0]
                for state in overwritten.pop(ready):
                    commits[state] = homes.pop(state)
            waiting.remove(ready)
            order.append(ready)
    return order


def _read_by(placing: Placing, draft: Draft) -> set[Value]:
    owners = {place.owner for place in draft.places}
    return owners | {placing.locate(operand).owner for operand in draft.loads}


def _may_run(
    draft: Draft, waiting: list[Draft], overwritten: dict[Draft, set[Value]], reads: dict[Draft, set[Value]]
) -> bool:
    states = overwritten.get(draft)
    if not states:
        return True
    return all(other is draft or states.isdisjoint(reads[other]) for other in waiting)
