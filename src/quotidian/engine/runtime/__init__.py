"""Run time: call compiled code with checked tables, in threads, within the available memory."""
