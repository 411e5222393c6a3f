"""The loop spoken to a terminal."""
