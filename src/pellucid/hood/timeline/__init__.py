"""The time line: every step of a training run, brought back to the last bit.

A run is decided by its state and its course, so few states have to be kept: all others are worked out anew.

budget     how much memory a recording may take
course     what decides how a run goes on: engine, examples, order
changes    what callbacks changed while it went on
replay     from a state that was kept to a later step
pace       when it is time again for something that takes time
states     the states that are kept within a budget of memory
moment     one step: the numbers as they were
recording  what fit fills while it trains, and who asks for a step is answered from
"""

__all__: list[str] = []
