"""The map of the customers' journey."""
