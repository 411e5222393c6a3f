"""Journeys on pages: what runs, one of them step by step, its versions, and where they are drawn."""
