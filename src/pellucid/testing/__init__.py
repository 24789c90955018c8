"""Checks for those who write their own operations, functions and layers."""

from pellucid.testing.evaluation import evaluate
from pellucid.testing.gradients import check_gradient
from pellucid.testing.layers import check_layer
from pellucid.testing.operations import check_op

__all__ = ["check_gradient", "check_layer", "check_op", "evaluate"]
