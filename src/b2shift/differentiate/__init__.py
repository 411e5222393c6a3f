"""How customers differ: features, segments, scores, with the reason for each."""
