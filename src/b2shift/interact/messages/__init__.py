"""What is said: texts with typed fields, filled for one person."""
