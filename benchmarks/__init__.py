"""What is measured, against whom, and the commands that measure it; see README.md."""
