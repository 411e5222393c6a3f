"""Alerts: typed in words, tried on the past, kept, and the notices they make."""
