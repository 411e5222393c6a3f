"""Journeys: declared, checked, decided step by step and simulated; nothing here sends or remembers anything."""
