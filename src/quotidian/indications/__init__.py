"""Indications as values: a disease in a group of patients, with its model, population and assessments."""
