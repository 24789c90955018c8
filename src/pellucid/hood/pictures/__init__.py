"""Pictures of a model.

Diagrams, written here as SVG:
svg        the signs that SVG is made of
picture    what is shown and saved
diagram    what a network is drawn with: columns of units, blocks, and what lies between them
marks      units, blocks and lines as they look
network    where all of it stands on the page

Plots, drawn by matplotlib:
style      one look for all of them
examples   examples as the plots need them: points, classes, answers over the plane
curves     loss and metrics by epoch
plane      decision regions
units      what each unit sees of the plane
confusion  the confusion matrix
filters    the kernels of the first layer as images
over_time  how the health of a network changes

Nothing is imported here, so that a program pays only for the part it uses.
"""

__all__: list[str] = []
