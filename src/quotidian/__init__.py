"""Quotidian: interleukin-6 in systemic juvenile idiopathic arthritis, simulated.

Research use, not a medical device.
"""

__version__ = "0.1.0"
