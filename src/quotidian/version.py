"""The version of the program, and the notice that every output contains."""

__version__ = "0.2.0.dev0"

RESEARCH_USE = "Research use, not a medical device."
