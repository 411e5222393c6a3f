"""What the tests of journeys share: the doers of the tests of contacts."""

from tests.unit.web.outreach.conftest import another_manager, due, executor, manager

__all__ = ["another_manager", "due", "executor", "manager"]
