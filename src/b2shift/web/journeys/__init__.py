"""Journeys under way: versions people publish, who is inside, what happened to each, and the contacts they ask for."""
