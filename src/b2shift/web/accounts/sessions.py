"""Sessions in the database, found by a question written once."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as InDatabase
from django.contrib.sessions.models import Session
from django.utils import timezone

from b2shift.web.accounts.prepared import Prepared

_session = Prepared(lambda key: Session.objects.filter(session_key=key))


class SessionStore(InDatabase):
    """Django's own, but for how a session is found."""

    def _get_session_from_db(self) -> Any:
        found = _session(self.session_key) if self.session_key else []
        if found and found[0].expire_date > timezone.now():
            return found[0]
        self._session_key = None
        return None
