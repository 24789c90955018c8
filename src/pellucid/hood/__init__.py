"""Seeing inside a model.

methods/        what models have of all this
history         what the history of a fit has of it
opened          what the hood is lifted from
observation     what an engine works out on its way through a graph, number by number
layers          the layers of a graph: their nodes, what goes in and what comes out
trace/          one batch on its way through a network and back, number by number
formulas/       the network as mathematics
source/         the network as a program, with the derivation of every gradient
gradient_check  every weight's gradient beside finite differences
explanations/   why a model answers as it does: shares of inputs, dependence, smallest changes
doctor/         the classic mistakes before training, each with its remedy
health/         weights, outputs, gradients and steps, layer by layer, and what is unusual about them
watch           a training run under watch: is its loss a number, and which way leads back
timeline/       every step of a run, brought back to the last bit
autopsy/        why a loss became NaN or infinite
pictures/       the network as a diagram; plots of what it makes of its inputs, and of its training
report          sentences, tables and pictures, in a terminal and as HTML
tables          small tables
numbers         numbers as people write them
warned          warnings at the line of the user's program
samples         some of many, always the same ones

Nothing is imported here, so that a program pays only for the part it uses.
"""

__all__: list[str] = []
