"""A network as mathematics.

formula   model.formula(): all that is said of a network
pieces    the pieces in which a network is linear
affine    values that are straight lines in the inputs, through a graph
cells     intervals and polygons of inputs, and how a line cuts them
layers    what each layer computes
elements  the formula of each single number, where they are few
rule      a linear formula
places    where a piece lies, in words
sizes     which digits matter
spelling  how each primitive is written in LaTeX
labels    names and numbers in formulas
"""

__all__: list[str] = []
