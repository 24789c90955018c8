"""A network as mathematics.

rule  what a linear network computes, as one formula with the columns' names
"""

__all__: list[str] = []
