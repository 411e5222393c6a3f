"""A language model as a second reader of questions: it plans under a schema, sees no rows, and decides nothing alone."""
