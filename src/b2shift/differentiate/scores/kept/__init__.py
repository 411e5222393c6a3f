"""Fitted scores as text: what turns a customer's features into its scores, kept so that it can be said again."""
