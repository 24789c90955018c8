"""Training: models, what happens while they learn, and the files they are kept in."""

__all__: list[str] = []
