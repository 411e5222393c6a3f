"""How good the data is: what was refused and why, what was changed, counted per source and kind."""
