"""Conduct: screening, enrolment, visits, treatment rules and discontinuation."""
