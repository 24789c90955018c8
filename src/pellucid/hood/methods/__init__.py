"""The methods of models that show what is inside.

openable  what they ask of a model
inside    what it computes: number by number, as mathematics, as a program
checks    what may be wrong with it
reasons   why it answers as it does
drawing   pictures
"""

from pellucid.hood.methods.checks import Checks
from pellucid.hood.methods.drawing import Drawing
from pellucid.hood.methods.inside import Inside
from pellucid.hood.methods.reasons import Reasons

__all__ = ["OpenHood"]


class OpenHood(Inside, Checks, Reasons, Drawing):
    """All methods of a model that show what is inside."""
