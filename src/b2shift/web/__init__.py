"""The loop spoken to people: the Django project."""
