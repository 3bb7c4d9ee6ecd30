"""Drugs: one module and one ledger each, the builders that they share, and what is read from all of them."""
