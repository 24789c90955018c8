"""The list of all activations."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from pellucid.nn._arrays import Value, apply
from pellucid.nn._serialize import Registry

__all__ = ["activation", "registry"]

registry = Registry("activation")


def activation(*aliases: str) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Enter a function of a symbolic value into the list, and let it take arrays as well."""

    def enter(function: Callable[..., Value]) -> Callable[..., Value]:
        @wraps(function)
        def on_any_value(x: Value, *arguments: object, **options: object) -> Value:
            return apply(lambda node: function(node, *arguments, **options), x)

        return registry.register(function.__name__, *aliases)(on_any_value)

    return enter
