"""Checks for those who write their own operations and functions."""

from pellucid.testing.evaluation import evaluate
from pellucid.testing.gradients import check_gradient
from pellucid.testing.operations import check_op

__all__ = ["check_gradient", "check_op", "evaluate"]
