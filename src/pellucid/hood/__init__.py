"""Seeing inside a model.

methods         what models have of all this
opened          what the hood is lifted from
gradient_check  every weight's gradient beside finite differences
doctor/         the classic mistakes, found before and during training
formulas/       the network as mathematics
report          sentences, tables and pictures, in a terminal and as HTML
tables          small tables
numbers         numbers as people write them

Nothing is imported here, so that a program pays only for the part it uses.
"""

__all__: list[str] = []
