"""`b2shift worker` at another hour: messages to people leave in their hours only, whenever a test runs.

python -m tests.e2e.noon_worker 2026-12-02T15:00:00+00:00
"""

import os
import sys
import time
from datetime import datetime, timedelta

os.environ["DJANGO_SETTINGS_MODULE"] = "b2shift.web.config.settings"

import django

django.setup()

from b2shift.web.channels import serving  # noqa: E402

if __name__ == "__main__":
    began, start = time.monotonic(), datetime.fromisoformat(sys.argv[1])
    serving._now = lambda: start + timedelta(seconds=time.monotonic() - began)
    serving._MAIL_EVERY = timedelta(seconds=0.2)
    serving.serve(os.environ, print)
