"""A model as a program.

printed      model.numpy_source(): the program of a model, ready to be read, saved and run on its own
derivations  why each of its gradients is what it is
sentences    what is said of each primitive
notebook     the program as a notebook that explains itself
"""

__all__: list[str] = []
