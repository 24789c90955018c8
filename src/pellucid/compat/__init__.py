"""The names under which Keras and TensorFlow, of any era, know what is in this library."""

__all__: list[str] = []
