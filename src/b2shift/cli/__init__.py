"""The command-line interface of the loop."""
