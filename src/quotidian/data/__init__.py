"""Data of users: event tables, checked on reading; every refusal names row and column."""

from quotidian.data.event_reader import read_events
from quotidian.data.event_table import EventTable

__all__ = ["EventTable", "read_events"]
