"""One contact to many: whom it would reach is counted first, others say yes, the worker sends it in batches."""
