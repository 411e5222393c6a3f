"""The loop spoken over HTTP: /api/v1, for programs with a token and for pages with a session."""
