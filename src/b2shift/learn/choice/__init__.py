"""Choosing among arms while they run: shares from posteriors, limits on them, and estimates that stay valid."""
