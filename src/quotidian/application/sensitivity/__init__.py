"""Sensitivity of an outcome of one child to the values of the ledger: local and global."""
