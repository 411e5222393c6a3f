"""`python -m b2shift.cli`."""

from b2shift.cli.main import main

main()
