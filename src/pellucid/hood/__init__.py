"""Seeing inside a model.

methods         what models have of all this
history         what the history of a fit has of it
opened          what the hood is lifted from
layers          the layers of a graph: their nodes, what goes in and what comes out
gradient_check  every weight's gradient beside finite differences
health/         weights, outputs, gradients and steps, layer by layer, and what is unusual about them
pictures/       the network as a diagram; plots of what it makes of its inputs, and of its training
formulas/       the network as mathematics
report          sentences, tables and pictures, in a terminal and as HTML
tables          small tables
numbers         numbers as people write them

Nothing is imported here, so that a program pays only for the part it uses.
"""

__all__: list[str] = []
