"""What may happen at certain moments: while a model is trained, judged or used.

callback         the base of all
callback_list    several as one
history          what fit returns: every epoch, and the way back to every step
early_stopping   the end of a run that no longer gets better
health_monitor   a look at the model's health after every epoch
lambda_callback  one made of functions
"""

from pellucid.training.callbacks.callback import Callback
from pellucid.training.callbacks.callback_list import CallbackList
from pellucid.training.callbacks.early_stopping import EarlyStopping
from pellucid.training.callbacks.health_monitor import HealthMonitor
from pellucid.training.callbacks.history import History
from pellucid.training.callbacks.lambda_callback import LambdaCallback

__all__ = ["Callback", "CallbackList", "EarlyStopping", "HealthMonitor", "History", "LambdaCallback"]
