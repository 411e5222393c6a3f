"""Customer segments: clustering, evaluation, naming, and identity over time."""
