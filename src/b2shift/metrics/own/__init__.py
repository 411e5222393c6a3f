"""Metrics a house adds to the product's: formulas over declared metrics, kept as versions, in force at once."""
