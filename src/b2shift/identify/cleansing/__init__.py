"""Delivered values judged: the engine takes the usual ones, Python judges each odd value once, every change is told."""
