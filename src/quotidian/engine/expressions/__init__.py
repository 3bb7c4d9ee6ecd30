"""Expressions: the laws of a model as a shared graph, with its derivatives and its sparse elimination."""
