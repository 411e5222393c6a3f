"""Where the Django project is joined: settings, addresses, start-up."""
