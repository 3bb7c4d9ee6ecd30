"""Population fits of the model of children with systemic JIA."""
