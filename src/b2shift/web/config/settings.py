"""The one settings file: safe by default, changed by environment variables only.

B2SHIFT_HOME, DATABASE_URL, B2SHIFT_SECRET_KEY, B2SHIFT_ALLOWED_HOSTS, B2SHIFT_HTTPS, B2SHIFT_DEBUG,
B2SHIFT_TRUSTED_PROXIES, B2SHIFT_SIGN_IN_ATTEMPTS, B2SHIFT_SIGN_IN_MINUTES, B2SHIFT_API_PER_MINUTE,
B2SHIFT_API_BODY_BYTES, B2SHIFT_UPLOAD_BYTES, B2SHIFT_LAKE_THREADS, B2SHIFT_LAKE_MEMORY_MB,
B2SHIFT_PUBLIC_URL, B2SHIFT_TRACK_OPENS; those of the channels, which `web/channels` reads;
and those of the second reader, which `web/second_reader/settings.py` reads.
"""

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from b2shift.kernel.settings import home_from
from b2shift.web.config import environment
from b2shift.web.outbox.senders import NOTICE_CHANNELS

WEB = Path(__file__).resolve().parent.parent
HOME = home_from(os.environ).resolve()

DEBUG = environment.flag("B2SHIFT_DEBUG")
SECRET_KEY = environment.secret_key(HOME)
ALLOWED_HOSTS = environment.words("B2SHIFT_ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
HTTPS = environment.flag("B2SHIFT_HTTPS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "ninja",
    "b2shift.web.accounts",
    "b2shift.web.crm",
    "b2shift.web.ledger",
    "b2shift.web.second_reader",
    "b2shift.web.outbox",
    "b2shift.web.watch",
    "b2shift.web.loading",
    "b2shift.web.privacy",
    "b2shift.web.outreach",
    "b2shift.web.journeys",
    "b2shift.web.campaigns",
    "b2shift.web.channels",
    "b2shift.web.console",
    "b2shift.web.rest",
]

MIDDLEWARE = [
    "b2shift.web.config.request_id.RequestId",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "b2shift.web.config.headers.ContentPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "b2shift.web.rest.middleware.ApiMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "b2shift.web.accounts.language.PersonLanguage",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "b2shift.web.console.errors.ErrorPageMiddleware",
    "b2shift.web.crm.own_metrics.OwnMetrics",
]

ROOT_URLCONF = "b2shift.web.config.urls"
WSGI_APPLICATION = "b2shift.web.config.wsgi.application"

TEMPLATE_LOADERS = [
    ("django.template.loaders.filesystem.Loader", [WEB / "templates"]),
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": TEMPLATE_LOADERS if DEBUG else [("b2shift.web.config.folding.Loader", TEMPLATE_LOADERS)],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "b2shift.web.console.shell.shell",
            ],
        },
    },
]

# Parts of pages that are the same for many (`{% cache %}`): few and small.
CACHES = {
    "default": {
        "BACKEND": f"django.core.cache.backends.{'dummy.DummyCache' if DEBUG else 'locmem.LocMemCache'}",
        "OPTIONS": {"MAX_ENTRIES": 2_000},
    }
}

DATABASES = {"default": environment.database(os.environ.get("DATABASE_URL", ""), HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["b2shift.web.accounts.sign_in.GuardedBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "accounts:sign_in"
SIGN_IN_ATTEMPTS = environment.number("B2SHIFT_SIGN_IN_ATTEMPTS", 5, least=1)
SIGN_IN_MINUTES = environment.number("B2SHIFT_SIGN_IN_MINUTES", 15, least=1)

# Requests a minute of one key or person, in each worker process (see rest/limits.py).
API_PER_MINUTE = environment.number("B2SHIFT_API_PER_MINUTE", 600, least=1)
API_BODY_BYTES = environment.number("B2SHIFT_API_BODY_BYTES", 65_536, least=1)

# Where customers reach us: links of messages begin with it; without one, messages say to answer SAIR.
PUBLIC_URL = os.environ.get("B2SHIFT_PUBLIC_URL", "").rstrip("/")
TRACK_OPENS = environment.flag("B2SHIFT_TRACK_OPENS")
# By what our own people and programs are told of decisions.
NOTICES = tuple(name for name in NOTICE_CHANNELS if os.environ.get(f"B2SHIFT_{name.upper()}_NOTICES"))

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "b2shift.web.console.errors.csrf_failed"
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if HTTPS and host != "*"]

SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Only a deployment that says it stands behind a proxy may believe the proxy's headers.
TRUSTED_PROXIES = environment.number("B2SHIFT_TRUSTED_PROXIES", 0)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LANGUAGE_CODE = "pt-br"
LANGUAGES = [("pt-br", _("Português")), ("en", _("English"))]
LOCALE_PATHS = [WEB / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "America/Sao_Paulo"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [WEB / "static"]
# The build names files by their content, so they are served from the package as they are: nothing to collect.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+[.-][0-9A-Za-z_-]{8,12}\.(js|css|woff2|svg|png)$"

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
# Files of the source wizard, all of one upload together.
UPLOAD_BYTES = environment.number("B2SHIFT_UPLOAD_BYTES", 100_000_000, least=1)
LAKE_THREADS = environment.number("B2SHIFT_LAKE_THREADS", 2, least=1)
LAKE_MEMORY_MB = environment.number("B2SHIFT_LAKE_MEMORY_MB", 512, least=128)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
