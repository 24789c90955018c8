"""How a network is: what its weights, outputs and gradients are like, and what is unusual about them.

distribution  how the numbers of an array are distributed
layer         what is known of one layer
questions     the graph that answers everything at once
examination   the engine asked, and what its answers say
report        what is shown: a table, and sentences about what is unusual
findings      these sentences, and where the usual ends

Nothing is imported here, so that a program pays only for the part it uses.
"""

__all__: list[str] = []
