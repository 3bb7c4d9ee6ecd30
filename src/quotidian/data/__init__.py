"""Data of others: event tables read with care, every refusal naming row and column."""

from quotidian.data.event_reader import read_events
from quotidian.data.event_table import EventTable

__all__ = ["EventTable", "read_events"]
