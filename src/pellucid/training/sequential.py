"""A stack of layers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from pellucid.errors import ArgumentError, UnknownNameError, UsageError
from pellucid.nn import layers as all_layers
from pellucid.nn.layers import InputLayer, Layer
from pellucid.nn.layers.base import registry, snake_case
from pellucid.training.model import Model

__all__ = ["Sequential"]


class Sequential(Model):
    """Layers applied one after the other.

    Args:
        layers: the layers, first to last; more can be added.
        name: what to call the model.
    Example:
        >>> model = Sequential([Dense(1, input_shape=[1])])
        >>> model.compile(optimizer="sgd", loss="mean_squared_error")
        >>> history = model.fit([1.0, 2.0, 3.0], [2.0, 4.0, 6.0], epochs=5, verbose=0)
        >>> model.predict([10.0], verbose=0).shape
        (1, 1)
    """

    def __init__(self, layers: Sequence[Layer] | Layer | None = None, name: str | None = None) -> None:
        super().__init__("sequential" if name is None else name)
        self._layers: list[Layer] = []
        self._applied: list[Layer] = []  # without the declaration of the input
        self._shape: tuple[int, ...] | None = None
        for layer in layers if isinstance(layers, Iterable) else () if layers is None else (layers,):
            self.add(layer)

    # ------------------------------------------------------------ the stack
    def add(self, layer: Layer) -> None:
        """Put a layer on top.

        Raises:
            ArgumentError: if it is no layer, is in the model already, or has the name of another one.
        """
        if not isinstance(layer, Layer):
            raise ArgumentError(
                f"{self.name!r} is made of layers",
                expected="a layer such as Dense(4)",
                received=repr(layer),
                attempt=f"{layer.__name__}(...)" if isinstance(layer, type) else "",
            )
        if any(layer is other for other in self._layers):
            raise ArgumentError(f"{layer!r} is in the model already", attempt="a second layer")
        if layer.named and any(layer.name == other.name for other in self._layers if other.named):
            raise ArgumentError(
                "every layer needs a name of its own", expected="a new name", received=repr(layer.name)
            )
        if not self._layers:
            self._shape = layer.declared_shape
        self._layers.append(layer)
        if not isinstance(layer, InputLayer):
            self._applied.append(layer)
        layer.ask_when_needed(self._ensure_built)

    def pop(self) -> None:
        """Take off the last layer."""
        if not self._layers:
            raise UsageError(f"{self.name!r} has no layers to take off")
        if self._layers.pop() in self._applied:
            self._applied.pop()

    @property
    def layers(self) -> list[Layer]:
        """The layers, without the declaration of the input."""
        return self._applied.copy()

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Return a layer by its name or its place."""
        if index is not None:
            if not isinstance(index, int) or not -len(self.layers) <= index < len(self.layers):
                raise ArgumentError(
                    "there is no such layer",
                    expected=f"a place from 0 to {len(self.layers) - 1}",
                    received=repr(index),
                )
            return self.layers[index]
        self.give_names()
        for layer in self._layers:
            if layer.name == name:
                return layer
        raise UnknownNameError("layer", name, [layer.name for layer in self._layers])

    @property
    def example_shape(self) -> tuple[int, ...] | None:
        return self._shape

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """The shape of the input, None for the batch."""
        return (None, *self.known_shape())

    @property
    def output_shape(self) -> tuple[int | None, ...]:
        """The shape of the output, None for the batch."""
        return tuple([size if isinstance(size, int) else None for size in self.prediction().shape])

    # ------------------------------------------------------------ weights
    @property
    def built(self) -> bool:
        """Whether all layers have their weights."""
        return bool(self._layers) and all(layer.built for layer in self._layers)

    def build(self, input_shape: Sequence[int | None] | None = None) -> None:
        """Make the weights for inputs of this shape.

        Args:
            input_shape: with None for the batch in front: (None, 3).
        """
        if not self._layers:
            raise UsageError(f"{self.name!r} is empty", expected="layers", attempt="model.add(Dense(1))")
        if input_shape is not None:
            shape = all_layers.InputLayer(batch_input_shape=input_shape).declared_shape
            if self._shape not in (None, shape):
                raise ArgumentError(
                    "the input shape is set already", expected=str(self._shape), received=str(shape)
                )
        with self.unchanged_by_errors():
            self._shape = self._shape if input_shape is None else shape
            self.prediction()

    def forget_shape(self) -> None:
        self._shape = None

    def _ensure_built(self) -> None:
        if self._shape is not None:
            self.build()

    def give_names(self) -> None:
        """Number the layers of a kind from 1; one that is alone needs no number."""
        taken = {layer.name for layer in self._layers if layer.named}
        kinds = Counter(
            snake_case(type(layer).__name__)
            for layer in self._layers
            if not layer.named or layer.named_by_model
        )
        seen: Counter[str] = Counter()
        for layer in self._layers:
            kind = snake_case(type(layer).__name__)
            seen[kind] += not layer.named or layer.named_by_model
            if layer.named:
                layer.join(layer.name, self.seed)
                continue
            name = kind if kinds[kind] == 1 and kind not in taken else f"{kind}_{seen[kind]}"
            while name in taken:
                seen[kind] += 1
                name = f"{kind}_{seen[kind]}"
            layer.join(name, self.seed)
            taken.add(name)

    # ------------------------------------------------------------ configuration
    def get_config(self) -> dict[str, Any]:
        """Return the layers as data."""
        self.give_names()
        return {
            "name": self.name,
            "layers": [registry.serialize(layer) for layer in self._layers],
            "build_input_shape": None if self._shape is None else [None, *self._shape],
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Sequential:
        """Make a model from what get_config returned; its weights begin anew."""
        model = cls(name=config["name"])
        for layer in config["layers"]:
            model.add(registry.deserialize(layer, custom_objects))
        shape = config.get("build_input_shape")
        if shape is not None:
            model.build(shape)
        return model
