"""The rights of data subjects, carried out: consents, requests, reports, erasures, retention (LGPD)."""
