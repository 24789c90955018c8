"""The doctor: the classic mistakes, found before they cost an evening.

glance         what can be seen from the network alone, in microseconds
reading        what a graph says about the network: heads, products, activations, noise
finding        one thing that is wrong, and its remedy
examination    a model, its examples, and what the checks want to know about them
head           checks of the last layer, the loss and the metrics
network        checks of the layers
inputs         checks of the columns of x
answers        checks of y
information    whether x says anything about y
sharing        checks of what is learnt from beside what is judged with
rehearsal      a few steps of training, on copies; and how sharply the loss curves
learning_rate  checks of the length of the steps
diagnosis      all checks in a row, and what they found
quiet          the same during fit, in a hundredth of its time

A check is a function from an examination to its findings; to add one, write it and put it into the list of
`diagnosis`. It prefers no finding to a doubtful one.

Nothing is imported here, so that a program pays only for the part it uses.
"""

__all__: list[str] = []
