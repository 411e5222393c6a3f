"""The contact rules in force: for whom, when, what, by whom, and how many contacts each asks for now."""
