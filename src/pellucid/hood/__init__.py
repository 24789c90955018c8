"""Seeing inside a model.

methods         what models have of all this
opened          what the hood is lifted from
gradient_check  every weight's gradient beside finite differences
watch           a training run under watch: is its loss a number, and which way leads back
timeline/       every step of a run, brought back to the last bit
autopsy/        why a loss became NaN or infinite
formulas/       the network as mathematics
report          sentences, tables and pictures, in a terminal and as HTML
tables          small tables
numbers         numbers as people write them

Nothing is imported here, so that a program pays only for the part it uses.
"""

__all__: list[str] = []
