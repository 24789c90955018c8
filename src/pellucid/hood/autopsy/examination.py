"""From the last state that is known to be good to the report."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite

import numpy as np

from pellucid.engines import State
from pellucid.graph import STATE, Graph, Node, Path
from pellucid.hood.autopsy.autopsy import Autopsy, Cause
from pellucid.hood.autopsy.remedies import remedy_for
from pellucid.hood.autopsy.rows import guilty_rows
from pellucid.hood.autopsy.search import Breach, Values, first_breach
from pellucid.hood.autopsy.words import words_of
from pellucid.hood.opened import Opened
from pellucid.hood.timeline.changes import Changes
from pellucid.hood.timeline.course import Course, Kept
from pellucid.hood.timeline.replay import replay

__all__ = ["examine", "last_good"]


def last_good(
    course: Course, changes: Changes, good: Kept, broken: int, faults: Callable[[State], object]
) -> Kept:
    """Return the state after the last step up to which all numbers are finite.

    What lies between is halved again and again, so all in all no more steps are done anew than lie between.

    Args:
        course: the run's.
        changes: what callbacks changed.
        good: an earlier state.
        broken: a later step, after which something is not finite.
        faults: names what is not finite in a state.
    """
    while broken - good.step > 1:
        middle = (good.step + broken) // 2
        led = replay(course, changes, good, middle)
        results = [*led.run.history, *([led.run.results()] if led.run.batch else [])]
        if all(isfinite(result["loss"]) for result in results) and not faults(led.kept.state):
            good = led.kept
        else:
            broken = middle
    return replay(course, changes, good, good.step).kept


def examine(course: Course, good: Kept) -> Autopsy:
    """Find out what breaks in the step after a state."""
    places = course.rows(good)
    opened = Opened(course.engine.blueprint, good.state, [array[places] for array in course.arrays], (), ())
    with np.errstate(all="ignore"):
        symptom, ends = _symptom(opened, course.learnt)
        breach = first_breach(opened.training.step, opened.given, opened.entries, ends)
        cause = None if breach is None else _cause(opened, breach, places)
    epoch, batch = divmod(good.step, course.batches)
    return Autopsy(
        good.step + 1, course.first_epoch + epoch, batch + 1, course.batches, places, symptom, cause
    )


def _symptom(opened: Opened, learnt: list[Path]) -> tuple[str, list[Node]]:
    """Say what is not finite after the step, and name the nodes of it."""
    step, paths = opened.training.step, [("loss",), *learnt]
    outputs = step.outputs
    values = Values(step, [outputs[path] for path in paths])(opened.given, opened.entries)
    for path, value in zip(paths, values, strict=True):
        wrong = value[~np.isfinite(value)]
        if wrong.size:
            what = "the loss" if path == ("loss",) else " of ".join([*path[:-1], repr(path[-1])])
            return f"{what} became {wrong.flat[0]}", [outputs[path]]
    return "the loss was no finite number", [outputs["loss",]]


def _cause(opened: Opened, breach: Breach, places: np.ndarray) -> Cause:
    step, node = opened.training.step, breach.node
    guilty = guilty_rows(step, breach, opened.given, opened.entries)
    place = tuple(np.argwhere(~np.isfinite(breach.result))[0].tolist())
    words = words_of(opened.blueprint, breach, place)
    scope = step.notes[node if breach.caller is None else breach.caller].scope
    weight = _weight(step, breach)
    rate = float(opened.state["optimizer"]["learning_rate"])
    return Cause(
        layer=weight.rpartition("/")[0] or scope.name,
        weight=weight,
        phase=scope.phase,
        operation=node.op.name,
        formula=words.formula,
        name=words.name,
        origins=words.origins,
        line=_line(step, node) if breach.caller is None else "",
        operands=words.operands,
        result=float(breach.result[place]),
        place=place,
        rows=np.sort(places[guilty]),
        remedy=remedy_for(breach, opened.given, guilty, rate),
    )


def _weight(step: Graph, breach: Breach) -> str:
    """Return the path of the weight that a leaf is, or that is updated; "" if it is about none."""
    if breach.node.op is STATE:
        return str(breach.node["path"][-1])
    updated = [
        path[-1] for path, node in step.outputs.items() if any(x is breach.caller for x in node.inputs)
    ]
    return updated[0] if updated else ""


def _line(graph: Graph, node: Node) -> str:
    """Return the line of code that an operation is from, unless it led to several parts of the model."""
    line = graph.notes[node].line
    scopes = {note.scope.name for note in graph.notes.values() if note.line == line}
    return str(line) if line is not None and len(scopes) == 1 else ""
