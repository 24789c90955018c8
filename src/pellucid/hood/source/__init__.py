"""A model as a program.

printed  model.numpy_source(): the program of a model, ready to be read, saved and run on its own
"""

__all__: list[str] = []
