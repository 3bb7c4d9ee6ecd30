"""Run time: compiled code is called with checked tables, in threads, within the memory that there is."""
