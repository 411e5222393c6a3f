"""The edge to the outside: one adapter a channel, and the doors by which answers come back."""
