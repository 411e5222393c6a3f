"""Names that others call: frameworks by convention, people through the command line. Vulture reads this file."""
