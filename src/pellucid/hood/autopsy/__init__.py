"""The autopsy: which step broke, in which rows and layer, by which operation and for what reason.

examination  from the last state that is known to be good to the report
search       the first operation whose result is not finite though all that it is applied to is
rows         which examples are to blame
words        the operation and its operands as the printed program writes them
remedies     what to do about it
autopsy      the report
"""

__all__: list[str] = []
