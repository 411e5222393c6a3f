"""The records pages read: customers, segments, scores and proposals as last published from the lake."""
