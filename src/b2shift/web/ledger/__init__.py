"""Append-only: who read or did what, when and why, in a chain that shows tampering."""
