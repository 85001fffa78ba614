"""Django's settings, and the only place that reads the environment; reading them writes nothing."""

import functools
import os
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

import lionrock
from lionrock import regions
from lionrock.web import declared
from lionrock.web.databases import database
from lionrock.web.secrets import secret
from lionrock.web.zone import time_zone

PACKAGE = Path(lionrock.__file__).parent
CHECKOUT = PACKAGE.parents[1]

# What the environment says -----------------------------------------------------------------

LIONROCK_DATA = Path(declared.text(declared.DATA, os.environ)).expanduser().absolute()
LIONROCK_DATABASE = declared.text(declared.DATABASE, os.environ)
LIONROCK_URL = declared.text(declared.URL, os.environ).rstrip("/")
LIONROCK_LISTEN = declared.text(declared.LISTEN, os.environ)
LIONROCK_REGION = declared.text(declared.REGION, os.environ)
LIONROCK_WORKERS = declared.number(declared.WORKERS, os.environ)
LIONROCK_PROXIES = declared.number(declared.PROXIES, os.environ)
LIONROCK_KEEP_DELIVERIES = declared.number(declared.KEEP_DELIVERIES, os.environ)
LIONROCK_KEEP_EVENTS = declared.number(declared.KEEP_EVENTS, os.environ)
LIONROCK_KEEP_SECRET = declared.number(declared.KEEP_SECRET, os.environ)
LIONROCK_KEEP_EPISODES = declared.number(declared.KEEP_EPISODES, os.environ)
LIONROCK_TELL_DAYS = declared.number(declared.TELL_DAYS, os.environ)
LIONROCK_WORKER = declared.text(declared.WORKER, os.environ)
LIONROCK_INTERNAL = declared.networks(declared.INTERNAL, os.environ)
LIONROCK_CONTACT = declared.text(declared.CONTACT, os.environ)
LIONROCK_LLM_URL = declared.server(declared.LLM_URL, os.environ)
LIONROCK_LLM_MODEL = declared.text(declared.LLM_MODEL, os.environ)
LIONROCK_LLM_KEY = declared.text(declared.LLM_KEY, os.environ)
LIONROCK_LLM_ANSWERS = declared.text(declared.LLM_ANSWERS, os.environ)
LIONROCK_LLM_SECONDS = declared.number(declared.LLM_SECONDS, os.environ)
LIONROCK_LLM_AT_ONCE = declared.number(declared.LLM_AT_ONCE, os.environ)
LIONROCK_OPINION_NAMES = declared.number(declared.OPINION_NAMES, os.environ)
LIONROCK_OPINION_CALLS = declared.number(declared.OPINION_CALLS, os.environ)
LIONROCK_OPINION_TOKENS = declared.number(declared.OPINION_TOKENS, os.environ)
LIONROCK_OPINION_WITHOUT = tuple(declared.text(declared.OPINION_WITHOUT, os.environ).split())

# Where it really is: neither a link nor ".." leads around the question.
if (CHECKOUT / "pyproject.toml").exists() and LIONROCK_DATA.resolve().is_relative_to(
    CHECKOUT.resolve()
):
    raise ImproperlyConfigured(
        f"LIONROCK_DATA is {LIONROCK_DATA}, inside the repository: secrets and records must lie "
        "outside it, where no commit can carry them away"
    )

ADDRESS = urlsplit(LIONROCK_URL)
if ADDRESS.scheme not in {"http", "https"} or not ADDRESS.hostname:
    raise ImproperlyConfigured("LIONROCK_URL must be http:// or https:// and a host name")
HTTPS = ADDRESS.scheme == "https"

if LIONROCK_REGION not in regions.available():
    raise ImproperlyConfigured(f"LIONROCK_REGION must be one of {', '.join(regions.available())}")
if (
    not re.fullmatch(r"(\[[0-9a-fA-F:]+\]|[^:]*):[0-9]{1,5}", LIONROCK_LISTEN)
    or not 0 < int(LIONROCK_LISTEN.rpartition(":")[2]) < 2**16
):
    raise ImproperlyConfigured("LIONROCK_LISTEN must be an address and a port: 127.0.0.1:8000")
if LIONROCK_LLM_URL and not LIONROCK_LLM_MODEL:
    raise ImproperlyConfigured(
        "LIONROCK_LLM_URL names a server, so LIONROCK_LLM_MODEL must name a model"
    )
if LIONROCK_LLM_ANSWERS not in {"schema", "prompt"}:
    raise ImproperlyConfigured("LIONROCK_LLM_ANSWERS must be schema or prompt")

# Django ------------------------------------------------------------------------------------

DEBUG = False
# Made, or read, when something is first signed: importing this module must not write to disk.
SECRET_KEY = lazy(functools.cache(lambda: secret(LIONROCK_DATA, "signing-key")), str)()
ALLOWED_HOSTS = [ADDRESS.hostname]
ROOT_URLCONF = "lionrock.web.urls"
WSGI_APPLICATION = "lionrock.web.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "lionrock.web",  # before allauth, so that its pages look like ours
    "lionrock.desk.people",
    "lionrock.desk.audit",
    "lionrock.desk.models",
    "lionrock.desk.suspects",
    "lionrock.desk.streams",
    "lionrock.desk.constituents",
    "lionrock.desk.feeds",
    "lionrock.desk.events",
    "lionrock.desk.figures",
    "lionrock.desk.reports",
    "lionrock.desk.notices",
    "lionrock.desk.portal",
    "lionrock.desk.cases",
    "lionrock.desk.news",
    "lionrock.desk.alerts",
    "lionrock.desk.sample",
    "lionrock.desk.work",
    "lionrock.desk.trends",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "lionrock.web.static_files.Middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "lionrock.web.limits.refuse_large_bodies",  # before anything reads a form
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lionrock.web.shell.shell",
            ],
        },
    }
]

# Records -----------------------------------------------------------------------------------

DATABASES = {"default": database(LIONROCK_DATABASE, LIONROCK_DATA)}

# In the database because every worker must count the same failed sign-ins; a cache per process
# would multiply every limit by the number of workers, and one in files cannot count atomically.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "web_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# What the console asks of the road by name, since it stands below the room that tells it.
REPLAYER = "lionrock.jobs.replaying"

# Time and language -------------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = time_zone(LIONROCK_REGION)
USE_I18N = True
FORMAT_MODULE_PATH = "lionrock.web.formats"
USE_THOUSAND_SEPARATOR = False
LANGUAGE_CODE = declared.text(declared.LANGUAGE, os.environ).lower()
LANGUAGES = [
    ("en", _("English")),
    ("zh-hant", _("Traditional Chinese")),
    ("zh-hans", _("Simplified Chinese")),
]
if LANGUAGE_CODE not in dict(LANGUAGES):
    raise ImproperlyConfigured(f"LIONROCK_LANGUAGE must be one of {', '.join(dict(LANGUAGES))}")
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = int(timedelta(days=365).total_seconds())
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True

# People ------------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "lionrock.web.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an administrator vouches for the address
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_USER_DISPLAY = "lionrock.web.accounts.display"
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "subscribe": "5/10m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = LIONROCK_PROXIES

MFA_FORMS = {"add_webauthn": "lionrock.web.accounts.AddPasskey"}
MFA_ADAPTER = "lionrock.web.accounts.MfaAdapter"
MFA_SUPPORTED_TYPES = ["recovery_codes", "totp", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1  # clocks of phones drift by half a minute
MFA_TOTP_ISSUER = "Lionrock"
# Browsers themselves insist on https, localhost excepted; this lets localhost through.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS and ADDRESS.hostname == "localhost"

# What browsers are told --------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # data: is the square code that authenticator apps read
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_SSL_REDIRECT = False  # the proxy that speaks https redirects; health checks stay plain
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if HTTPS else 0
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS and LIONROCK_PROXIES else None
)
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [LIONROCK_URL]
CSRF_FAILURE_VIEW = "lionrock.web.errors.csrf"

DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 2**20  # 10,000 names of the longest kind fit
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_MAX_MEMORY_SIZE = 2**20

# Static files ------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = LIONROCK_DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "lionrock.web.static_files.Storage"},
}

# Logs --------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # A page that is not there, or not for everybody, is no warning, and neither is another's host
    # name: strangers could fill the log.
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # The command that cannot reach the database says so itself, once.
        "psycopg.pool": {"level": "ERROR"},
    },
}
