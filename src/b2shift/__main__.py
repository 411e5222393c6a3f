"""`python -m b2shift` is `b2shift`."""

from b2shift.cli.main import main

main()
