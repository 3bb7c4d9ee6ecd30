"""Data of others: event tables read with care, every refusal naming row and column."""

from quotidian.data.event_table import EventTable, read_events

__all__ = ["EventTable", "read_events"]
