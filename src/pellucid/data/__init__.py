"""Examples to learn from: tables of numbers read from files, and small problems made on the spot.

tables      a CSV file of numbers as a Table, every fault named by line and column
datasets    xor, donut, circle, gauss, spiral, plane, two_moons, celsius

Nothing is imported here, so that a program pays only for the part it uses.
"""

__all__: list[str] = []
