"""`/clientes/<código>/`: everything about one customer."""
