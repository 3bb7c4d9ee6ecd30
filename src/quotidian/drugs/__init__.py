"""Drugs, one module and one ledger each."""
