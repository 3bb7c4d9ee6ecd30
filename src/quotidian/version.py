"""The version of the package and of the model in it."""

__version__ = "0.1.0"
