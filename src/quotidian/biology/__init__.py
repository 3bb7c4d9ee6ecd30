"""Mechanisms, one module and one ledger each; they meet only through the vocabulary."""
