"""Inference: what data say of a model's parameters, of one subject or of a population.

It knows records, parameters and random effects, and neither children nor trials.
"""
