"""Commands on what is known of the values of the ledger."""
