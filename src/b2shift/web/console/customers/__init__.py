"""`/clientes/`: the list of customers, its filters, columns and file."""
