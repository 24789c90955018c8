"""Explanations of predictions.

function              a network as a function of its inputs: values and gradients
places                the names of inputs and answers
question              which answer is explained, for which examples, compared with what
attribution           what each input adds to an answer
heatmap               that, of an image
gradients             gradient times input
pieces                where a network bends
integrated_gradients  gradients along the way from a baseline
shapley               Shapley values
partial_dependence    the answer while one input, or two, go through a range
curves                how that is drawn
counterfactual        the smallest change that changes the answer
goal                  what it shall bring about
problem               which inputs may change, how far, and in which units
nearest               the shortest vector that satisfies linear inequalities
descent               the smallest change that is found step by step
held                  one linear piece of a network, as if it went on forever
search                the smallest change, proven, from piece to piece
"""

__all__: list[str] = []
