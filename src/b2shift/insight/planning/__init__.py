"""What a question asks for: the pieces put together into a typed query, a question back, or a refusal."""
