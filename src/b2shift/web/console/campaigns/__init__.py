"""Campaigns on pages: written and counted, approved, watched, stopped; and what contacts cost."""
