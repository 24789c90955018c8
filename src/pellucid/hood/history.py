"""The methods of a history that draw it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pellucid.hood.health.report import Health

__all__ = ["OpenHistory"]


class OpenHistory:
    """The methods of a history that draw it.

    Attributes:
        history: for each name a list with one number per epoch.
        epoch: the numbers of the epochs.
        health: reports of the model's health, by epoch.
    """

    history: dict[str, list[float]]
    epoch: list[int]
    health: list[Health]

    def plot(self) -> Figure:
        """Draw the loss and the metrics by epoch, of training and of validation.

        Returns:
            A figure of matplotlib; `savefig("history.pdf")` writes it into a file.
        Raises:
            UsageError: if no epoch is finished.
            UnsupportedError: if matplotlib is not installed.
        """
        from pellucid.hood.pictures.curves import plot_history

        return plot_history(self.epoch, self.history)

    def plot_health(self) -> Figure:
        """Draw, for each layer by epoch, gradients, steps, and the shares of zeros, dead and saturated units.

        Returns:
            A figure of matplotlib.
        Raises:
            UsageError: if there was no `HealthMonitor` among the callbacks.
            UnsupportedError: if matplotlib is not installed.
        """
        from pellucid.hood.pictures.over_time import plot_health

        return plot_health(self.health)

    def plot_histograms(self) -> Figure:
        """Draw how weights, outputs and gradients of each layer are distributed, epoch after epoch.

        Returns:
            A figure of matplotlib.
        Raises:
            UsageError: if there was no `HealthMonitor` among the callbacks.
            UnsupportedError: if matplotlib is not installed.
        """
        from pellucid.hood.pictures.over_time import plot_histograms

        return plot_histograms(self.health)
