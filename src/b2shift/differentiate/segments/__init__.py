"""Groups of customers that are alike: how they are found, judged, named and kept over time."""
