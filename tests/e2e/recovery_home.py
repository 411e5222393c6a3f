"""The home of the recovery walk: a promoter turned detractor, the journey in force, an executor and a manager.

B2SHIFT_HOME=HOME python -m tests.e2e.recovery_home PASSWORD
"""

import os
import sys
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "b2shift.web.config.settings"

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402
from tests.unit.web.factory import make_home  # noqa: E402
from tests.unit.web.journeys.lake import fallen_promoter  # noqa: E402
from tests.unit.web.journeys.world import published  # noqa: E402
from tests.unit.web.outreach.rated import rate  # noqa: E402
from tests.unit.web.outreach.world import CUSTOMER, PERSON  # noqa: E402

from b2shift.lake.api import open_lake  # noqa: E402
from b2shift.web.accounts.models import User  # noqa: E402
from b2shift.web.accounts.roles import Role  # noqa: E402
from b2shift.web.crm.publication import publish_lake  # noqa: E402
from b2shift.web.ledger.trail import Doer  # noqa: E402
from b2shift.web.outbox import permissions  # noqa: E402


def prepare(home: Path, password: str) -> None:
    """Everything before anybody opens a page."""
    now = timezone.now()
    make_home(home)
    fallen_promoter(home, CUSTOMER)
    rate(home, CUSTOMER)
    call_command("migrate", verbosity=0)
    publish_lake(open_lake(home))
    permissions.allow(CUSTOMER, "email", "formulário", now, person_id=PERSON)
    roles = {"a": (Role.ANALYST, ""), "g": (Role.MANAGER, "U0000"), "x": (Role.EXECUTOR, "U0002")}
    doers = {}
    for name, (role, code) in roles.items():
        user = User.objects.create_user(f"{name}@e.example", password, name=name, role=role, vendor_user_id=code)
        doers[name] = Doer(user, user.email, None, "web")
    published(doers["a"], doers["g"], "detrator", now)


if __name__ == "__main__":
    prepare(Path(settings.HOME), sys.argv[1])
