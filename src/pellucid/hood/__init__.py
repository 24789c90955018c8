"""Seeing inside a model.

methods         what models have of all this
opened          what the hood is lifted from
gradient_check  every weight's gradient beside finite differences
rule            what a linear network computes, as one formula with the columns' names
numbers         numbers as people write them
tables          small tables, in a terminal and as HTML

Nothing is imported here, so that a program pays only for the part it uses.
"""

__all__: list[str] = []
