"""Stored score models: JSON text from which scores are predicted again."""
