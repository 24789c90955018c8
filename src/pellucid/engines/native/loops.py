"""Loops over time: a plan inside of a plan.

The body of a loop has values and drafts of its own. Its memories lie in buffers that are there for the whole
loop and get their new numbers at the end of a round, as the state does at the end of a step. The present
element of a sequence, or of a stacked result, is a view that moves on with the rounds. All else is read
where it lies around the loop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pellucid.engines.native.places import Place, own_place
from pellucid.engines.native.plan import TIME, Extent
from pellucid.engines.native.updates import Updates
from pellucid.engines.native.values import Value, Values, needed_for
from pellucid.errors import GraphError
from pellucid.graph import INPUT, SEVERAL, Graph, Node

if TYPE_CHECKING:
    from pellucid.engines.native.placing import Placing

__all__ = ["Body", "Loop", "place_item", "place_scan", "scan"]


class Loop(NamedTuple):
    """What the draft of a loop over time consists of.

    Attributes:
        number: which loop it is.
        steps: how many rounds it has.
        placing: the drafts of a round.
        updates: their order, and how the memories change.
        starts: for each memory, the value that it starts from.
        same: for single numbers, what else is in the same register.
    """

    number: int
    steps: Extent
    placing: Placing
    updates: Updates
    starts: Mapping[Value, Value]
    same: Mapping[Value, Value]


# ------------------------------------------------------------ from a primitive to values
class Body(Values):
    """The values of a loop's body.

    Args:
        around: the values around the loop.
        graph: the body.
        inputs: what the loop is given: memories, sequences, and what is the same in each round.
        moving: how many of these are not the same in each round.

    Attributes:
        fixed: what is the same in each round: from the value here to that around the loop.
    """

    def __init__(self, around: Values, graph: Graph, inputs: Sequence[Value], moving: int) -> None:
        self.fixed: dict[Value, Value] = {}
        self._around = around
        self._given = dict(zip(graph.leaves(INPUT)[moving:], inputs[moving:], strict=True))
        super().__init__(graph, around.translations, symbols=around.symbols)

    def input(self, leaf: Node) -> Value:
        """Return the value of an input."""
        return self._from_around(self._given[leaf]) if leaf in self._given else super().input(leaf)

    def state(self, node: Node) -> Value:
        """Return the value of an entry of the state."""
        return self._from_around(self._around.state(node))

    def rest(self, number: Value) -> Value:
        """Return what a register lacks of a whole number."""
        if number in self.fixed:
            return self._from_around(self._around.rest(self.fixed[number]))
        return super().rest(number)

    def _from_around(self, value: Value) -> Value:
        if value.op == "constant":
            return self.make("constant", (), (), value.dtype, **value.attributes)
        leaf = self.make("input", (), value.shape, value.dtype, around=value)
        self.fixed[leaf] = value
        return leaf


def scan(values: Values, node: Node, *inputs: Value) -> list[Value]:
    """A loop as one value, each of its results as another."""
    memories, sequences = node["memories"], node["sequences"]
    body = Body(values, node["body"], inputs, memories + sequences)
    steps = inputs[memories].shape[0]
    needs = (*inputs[: memories + sequences], *body.fixed.values())
    loop = values.make("scan", needs, (steps,), SEVERAL, body=body, memories=memories)
    types: Any = node.shape
    return [
        values.make("item", (loop,), values.shape(shape), dtype, index=index)
        for index, (shape, dtype) in enumerate(types)
    ]


# ------------------------------------------------------------ from values to drafts
def place_scan(placing: Placing, value: Value) -> None:
    """Place the body between where its inputs lie and where its results are to lie."""
    if placing.depth == len(TIME):
        raise GraphError(f"at most {len(TIME)} loops over time can stand inside each other")
    number = TIME[placing.depth]
    body: Body = value.attributes["body"]
    memories = _memories(value)
    stacked, changes = _keep_needed(body, memories, value.users)
    needed = set(body.found)
    sources = dict(zip(body.inputs.values(), value.inputs, strict=False))  # what is fixed comes after these
    fixed = {leaf: source for leaf, source in body.fixed.items() if leaf in needed}
    given = {leaf: placing.place(source) for leaf, source in fixed.items() if not source.single}
    for leaf, source in sources.items():
        if leaf in needed and leaf not in memories:
            given[leaf] = placing.place(source).element(number)
    inner = placing.inside(body, given)
    for item, result in stacked.items():
        _stack(inner, result, own_place(item).element(number))
    starts = {leaf: sources[leaf] for leaf in changes}
    same = {leaf: source for leaf, source in fixed.items() if source.single}
    reads = [placing.place(start) for start in starts.values() if not start.single]
    reads += [own_place(owner) for owner in inner.taken]
    draft = placing.new_draft("scan", value, reads, [*starts.values(), *same.values()])
    for leaf in changes:
        leaf.level = draft.level
    same |= {item: memories[item.attributes["index"]] for item in value.users if item.single}
    draft.loop = Loop(number, value.shape[0], inner, Updates(inner, changes), starts, same)


def place_item(placing: Placing, value: Value) -> None:
    """A last memory lies where the loop has it, a stacked result in memory that the rounds have filled."""
    loop = value.inputs[0]
    value.level = loop.level
    if not value.single:
        memories, index = _memories(loop), value.attributes["index"]
        placing.settle_place(value, own_place(memories[index] if index < len(memories) else value))


def _memories(loop: Value) -> list[Value]:
    """The memories of a loop, as its body sees them."""
    count: int = loop.attributes["memories"]
    return list(loop.attributes["body"].inputs.values())[:count]


def _keep_needed(
    body: Body, memories: list[Value], items: Sequence[Value]
) -> tuple[dict[Value, Value], dict[Value, Value]]:
    """Return what is stacked, by item, and how memories change; leave out of the body what no item needs."""
    results, count = list(body.outputs.values()), len(memories)
    behind = [*memories, *memories, *results[count:]]  # at the end; before each round; of each round
    wanted = {item: behind[item.attributes["index"]] for item in items}
    changes: dict[Value, Value] = {}
    while True:
        needed = needed_for([*wanted.values(), *changes.values()])
        found = {leaf: new for leaf, new in zip(memories, results, strict=False) if leaf in needed}
        if len(found) == len(changes):
            break
        changes = found
    body.keep([*wanted.values(), *changes.values()])
    return {item: result for item, result in wanted.items() if item.attributes["index"] >= count}, changes


def _stack(inner: Placing, result: Value, to: Place) -> None:
    """Let a round put its part of a stacked result into its place; work it out there if possible."""
    part = Value("stacked", (result,), {}, result.shape or (1,), result.dtype)
    part.order = result.order
    if result.single:
        inner.new_draft("store_register", part, [], [result])
    else:
        place = inner.place(result)
        if place.whole and place.owner in inner.draft_of and place.owner not in inner.homes:
            part = place.owner
        else:
            inner.new_draft("copy", part, [place])
    inner.homes[part] = to
