"""One golden record per customer, from the registry, the contract lines, the company file and the revenue."""
