"""What is shown of a network's health: a table, and sentences about what is unusual."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import final

from pellucid.errors import UnknownNameError
from pellucid.hood.health.findings import Finding, findings_in
from pellucid.hood.health.layer import LayerHealth
from pellucid.hood.report import Part, Report
from pellucid.hood.tables import Table

__all__ = ["Health"]

_COLUMNS = ("layer", "units", "weights", "outputs", "zeros", "gradient", "update", "dead", "saturated")
_KEY = (
    "weights, outputs: mean ± standard deviation; gradient: its length where it comes out of the layer;\n"
    "update: how much the next step changes the weights, as a share of them (about 1e-03 is usual)."
)


@final
class Health(Report):
    """How a network is at one moment of its training; printed, it is a table with a row for each layer.

    Attributes:
        title: the name of the model.
        layers: what is known of each layer, in the order in which they are applied.
        examples: how many examples it was looked at with.
        given: how many there were.
        epoch: after which epoch it was, counted from 0; None if it was not during a fit.
    """

    __slots__ = ("epoch", "examples", "given", "layers", "title")

    def __init__(
        self,
        title: str,
        layers: Sequence[LayerHealth],
        examples: int,
        given: int,
        epoch: int | None = None,
    ) -> None:
        self.title = title
        self.layers = list(layers)
        self.examples = examples
        self.given = given
        self.epoch = epoch

    def after(self, epoch: int) -> Health:
        """Return the same with a note of the epoch."""
        return Health(self.title, self.layers, self.examples, self.given, epoch)

    def layer(self, name: str) -> LayerHealth:
        """Return what is known of one layer.

        Raises:
            UnknownNameError: if none has this name.
        """
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise UnknownNameError("layer", name, [layer.name for layer in self.layers])

    @property
    def findings(self) -> list[Finding]:
        """What is unusual."""
        return findings_in(self.layers)

    @property
    def well(self) -> bool:
        """Whether nothing is unusual."""
        return not self.findings

    def parts(self) -> list[str | Part]:
        """Return the heading, the table, and what it says."""
        findings = [finding.sentence for finding in self.findings]
        return [self._heading(), self._table(), _KEY, "\n".join(findings) or "Nothing unusual."]

    def _heading(self) -> str:
        moment = "" if self.epoch is None else f", after epoch {self.epoch + 1}"
        examples = "1 example" if self.examples == 1 else f"{self.examples:,} examples"
        if self.examples < self.given:
            examples = f"{self.examples:,} of {self.given:,} examples, at equal distances"
        return f"The health of {self.title!r}{moment}, by {examples}"

    def _table(self) -> Table:
        table = Table(*_COLUMNS)
        for layer in self.layers:
            table.add(layer.name, str(layer.units), *_fields(layer))
        return table


def _fields(layer: LayerHealth) -> list[str]:
    weights = max(layer.trained or layer.weights, key=lambda weight: weight.values.size, default=None)
    update = layer.update_ratio
    return [
        "-" if weights is None else str(weights.values),
        str(layer.activations),
        f"{layer.activations.zeros:.0%}",
        "-" if layer.signal is None else f"{layer.signal_length:.1e}",
        "-" if update is None else "from 0" if update == math.inf else f"{update:.1e}",
        str(len(layer.dead)) if layer.judged else "-",
        str(len(layer.saturated)) if layer.judged else "-",
    ]
