"""The numbers as a star for other tools: customers, months and metrics around facts that measures add up."""
