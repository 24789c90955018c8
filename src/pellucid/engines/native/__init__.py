"""The compiled engine: whole training runs without Python between the steps."""

__all__: list[str] = []
