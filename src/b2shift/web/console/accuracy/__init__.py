"""What scores said of customers and what happened: each number is the way to its customers."""
