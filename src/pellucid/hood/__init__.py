"""Seeing inside a model.

numbers  numbers as people write them
rule     what a linear network computes, as one formula with the columns' names

Nothing is imported here, so that a program pays only for the part it uses.
"""

__all__: list[str] = []
