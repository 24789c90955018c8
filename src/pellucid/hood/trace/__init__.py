"""One batch on its way through a network and back, number by number.

trace        every line of the printed program with the numbers that the engine has for it
places       where in one array the numbers of another come from
terms        what a single number is the sum of
entries      a single number: how it is made, in names and in numbers
updates      what the optimizer makes of a weight
explanation  all of it, as it is shown
"""

__all__: list[str] = []
