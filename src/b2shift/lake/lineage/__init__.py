"""Column lineage, derived from the statements that wrote the tables."""
