"""The time machine: what a policy would have done on past days, or will do on the next ones."""
