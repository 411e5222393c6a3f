"""Segments: how many, how much, how risky, what marks them, side by side, on a map."""
