"""Things of one kind found by name, and written down as data that holds no code: names and configurations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import signature
from types import FunctionType
from typing import Any, Self, TypeVar

from pellucid.errors import ArgumentError, UnknownNameError, UnsupportedError

__all__ = ["Configured", "Registry"]

_Entry = TypeVar("_Entry", bound="Callable[..., Any]")
_Base = TypeVar("_Base")


class Configured:
    """Something that its constructor's arguments describe completely."""

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal one: numbers, texts, lists, dicts and None."""
        return {}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make one from what `get_config` returned.

        Raises:
            ArgumentError: if these are not arguments of the constructor.
        """
        try:
            signature(cls).bind(**config)
        except TypeError as mistake:
            raise ArgumentError(
                f"{cls.__name__} cannot be made from this configuration",
                expected=", ".join(signature(cls).parameters) or "no arguments",
                received=f"{config!r} ({mistake})",
            ) from None
        return cls(**config)

    def __repr__(self) -> str:
        arguments = ", ".join(f"{name}={value!r}" for name, value in self.get_config().items())
        return f"{type(self).__name__}({arguments})"


class Registry:
    """The classes and functions of one kind, by name.

    Attributes:
        kind: what they are, as errors call them: "initializer".
    Example:
        >>> initializers = Registry("initializer")
        >>> @initializers.register("zeros", "zero")
        ... class Zeros(Configured): ...
        >>> initializers.get("zero")
        Zeros()
        >>> initializers.serialize(Zeros())
        {'class_name': 'Zeros', 'config': {}}
    """

    __slots__ = ("_entries", "_offered", "kind")

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._entries: dict[str, Callable[..., Any]] = {}
        self._offered: list[str] = []

    def register(self, *names: str) -> Callable[[_Entry], _Entry]:
        """Enter a class or function under these names and its own; errors offer the first of them."""

        def enter(entry: _Entry) -> _Entry:
            spellings = (*names, entry.__name__)
            self._offered.append(spellings[0])
            self._entries.update(dict.fromkeys(spellings, entry))
            return entry

        return enter

    def get(self, identifier: object) -> Any:
        """Return what a user meant: by a name, by a configuration, by a class, or by the thing itself.

        Returns:
            A function, or an instance of a class.
        Raises:
            UnknownNameError: if nothing has this name.
            ArgumentError: if it is none of these.
        """
        if isinstance(identifier, str | dict):
            return self.deserialize(identifier)
        meant = identifier() if isinstance(identifier, type) else identifier
        if callable(meant) or _config_of(type(meant)):
            return meant
        raise self._misfit(identifier)

    def instance(self, identifier: object, base: type[_Base]) -> _Base:
        """Return what a user meant, as `get` does, where only instances of one class will do.

        Raises:
            UnknownNameError: if nothing has this name.
            ArgumentError: if it is anything else.
        """
        foreign = isinstance(identifier, type) and not issubclass(identifier, base)
        found = None if foreign else self.get(identifier)
        if not isinstance(found, base):
            raise self._misfit(identifier)
        return found

    def serialize(self, thing: object) -> Any:
        """Write down a function as its name, anything else as the name of its class and its configuration.

        Returns:
            A name, or {"class_name": ..., "config": ...}.
        Raises:
            UnsupportedError: if it cannot be made again from that: a lambda, an object without get_config.
        """
        if isinstance(thing, FunctionType) and thing.__name__ != "<lambda>":
            name = thing.__name__
            known = self._entries.get(name) is thing
            return name if known else {"class_name": "function", "config": name}
        get_config = _config_of(type(thing))
        if get_config is None:
            raise UnsupportedError(
                f"this {self.kind} cannot be written down",
                expected="a function with a name, or an object with get_config()",
                received=repr(thing),
            )
        return {"class_name": type(thing).__name__, "config": get_config(thing)}

    def deserialize(self, config: object, custom_objects: Mapping[str, Any] | None = None) -> Any:
        """Make again what `serialize` wrote down; other keys of the configuration do not matter.

        Args:
            config: a name, or {"class_name": ..., "config": ...}.
            custom_objects: the user's own classes and functions, by the names they were written down with.
        Raises:
            UnknownNameError: if nothing has this name.
            ArgumentError: if this is no such configuration.
        """
        if isinstance(config, str):
            return self._make(self._find(config, custom_objects), {})
        match config:
            case {"class_name": "function", "config": str(name)}:
                return self._find(name, custom_objects)
            case {"class_name": str(name), **rest}:
                return self._make(self._find(name, custom_objects), rest.get("config", {}))
        raise self._misfit(config)

    def _find(self, name: str, custom_objects: Mapping[str, Any] | None) -> Any:
        for known in (custom_objects or {}, self._entries):
            if name in known:
                return known[name]
        raise UnknownNameError(self.kind, name, [*self._offered, *(custom_objects or {})])

    def _make(self, entry: Any, config: Any) -> Any:
        if not isinstance(entry, type):
            return entry
        from_config = getattr(entry, "from_config", None)
        return entry(**config) if from_config is None else from_config(config)

    def _misfit(self, received: object) -> ArgumentError:
        return ArgumentError(
            f"this is no {self.kind}",
            expected=f"one of the names {', '.join(map(repr, self._offered))}, a configuration, "
            "a class or a function",
            received=repr(received),
        )


def _config_of(thing: type) -> Callable[[Any], dict[str, Any]] | None:
    """The users' own classes need not derive from ours: any get_config will do."""
    return getattr(thing, "get_config", None)
