"""Replay of a policy: what it would have done on past days, or will do on the next ones."""
