"""The dictionary of metrics: what each number means and who answers for it."""
