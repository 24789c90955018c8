"""The reference engine: it writes the program that trains a model, and runs exactly that text."""

from pellucid.engines.numpy.engine import NumpyEngine, Run
from pellucid.engines.numpy.evaluation import NumpyEvaluation, evaluate

__all__ = ["NumpyEngine", "NumpyEvaluation", "Run", "evaluate"]
