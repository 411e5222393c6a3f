"""People and teams: who may enter, as what, and who answers to whom."""
