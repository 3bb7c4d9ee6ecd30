"""Learning: what the published results of virtual trials say of the uncertain values of the ledger."""
