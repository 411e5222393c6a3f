"""What each metric and dimension means, said once and compiled to a query."""
