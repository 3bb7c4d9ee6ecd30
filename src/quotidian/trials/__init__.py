"""Virtual trials: designs, paired luck, endpoints, conduct, and the published claims they stand beside."""
