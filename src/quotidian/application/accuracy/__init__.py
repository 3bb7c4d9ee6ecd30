"""How accurate the solutions of a cohort or a trial are: some are computed again at a tighter tolerance."""
