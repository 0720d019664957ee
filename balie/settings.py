"""Settings. Everything about a machine comes from the environment, with a safe default where it is missing.

Without DATABASE_URL or REDIS_URL the services that `manage.py run` started are found through BALIE_HOME/services.json.
`BALIE_ENV` is development, test or production; production refuses to start on unsafe values: see
agency/services/system/checks.py.
"""

import json
import os
import secrets
import sys
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF

from balie import logging as logs
from balie.database import OWN_DATABASE, SESSION, database
from balie.demo.content import own_sites
from balie.environment import (
    SWITCH,
    ascii_name,
    read_amount,
    read_choice,
    read_environment,
    read_list,
    read_number,
)
from tenants.names import clean_name
from tenants.zone import AGENCY_ZONE

BASE_DIR = Path(__file__).resolve().parent.parent
ENV = read_environment()
PRODUCTION = ENV == "production"
HOME = Path(os.environ.get("BALIE_HOME") or BASE_DIR / "var")


def _services() -> dict[str, Any]:
    try:
        return json.loads((HOME / "services.json").read_text())
    except (OSError, ValueError):
        return {}


SERVICES = _services()
PORT = int(read_number("PORT", default=SERVICES.get("port") or 8000))
AGENCY_NAME = clean_name(os.environ.get("BALIE_AGENCY_NAME", "Balie"), 100)
AGENCY_PARTY = clean_name(os.environ.get("BALIE_AGENCY_PARTY", ""), 300) or AGENCY_NAME
SUBPROCESSORS = [one for each in os.environ.get("BALIE_SUBPROCESSORS", "").split(";") if (one := each.strip())]
AGENCY_HOST = ascii_name(os.environ.get("BALIE_AGENCY_HOST", "localhost"))
PORTAL_SUFFIX = ascii_name(os.environ.get("BALIE_PORTAL_SUFFIX", "localhost"))
BASE_URL = ascii_name(os.environ.get("BALIE_BASE_URL", "")) or f"http://{AGENCY_HOST}:{PORT}"

# The agency's own pages answer here and nowhere else; a portal answers on its company's host.
AGENCY_HOSTS = frozenset({AGENCY_HOST} if PRODUCTION else {AGENCY_HOST, "localhost", "127.0.0.1"})
METRICS_TOKEN = os.environ.get("BALIE_METRICS_TOKEN", "")

DEBUG = False
SECRET_KEY = os.environ.get("SECRET_KEY") or SERVICES.get("secret_key") or secrets.token_urlsafe(48)
SECRET_KEY_IS_SET = bool(os.environ.get("SECRET_KEY") or SERVICES.get("secret_key"))
# Former keys: what they signed or encrypted (second-step secrets among it) stays readable.
SECRET_KEY_FALLBACKS = read_list("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = [ascii_name(host) for host in read_list("ALLOWED_HOSTS")] or (
    [] if PRODUCTION else ["localhost", "127.0.0.1", ".localhost"]
)
CSRF_TRUSTED_ORIGINS = [ascii_name(origin) for origin in read_list("CSRF_TRUSTED_ORIGINS")]
# host:port pairs on private addresses that outgoing calls may reach; refused in production. `make run` opens those of
# the demo's own sites.
_OWN_SITES = [] if PRODUCTION else own_sites(SERVICES.get("sites_port"))
PRIVATE_CALLS = frozenset(read_list("BALIE_PRIVATE_CALLS") or _OWN_SITES)

SHARED_APPS = [
    "django_tenants",
    "tenants",
    "agency",
    "balie",
    "billing",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "channels",
    "csp",
]
TENANT_APPS = ["chat"]
# The laboratory, which a release leaves out (.gitattributes).
if (BASE_DIR / "balie" / "bench").is_dir():
    SHARED_APPS.append("balie.bench")
INSTALLED_APPS = [*SHARED_APPS, *TENANT_APPS]
TENANT_MODEL = "tenants.Company"
TENANT_DOMAIN_MODEL = "tenants.Domain"
TENANT_LIMIT_SET_CALLS = True
CHECK_TENANT_SELF = ENV == "test"
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]

DATABASES = {"default": database(os.environ.get("DATABASE_URL") or SERVICES.get("database_url") or OWN_DATABASE)}
DATABASE_SESSION = SESSION
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = os.environ.get("REDIS_URL") or SERVICES.get("redis_url") or "redis://127.0.0.1:6379/0"
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {
            # redis-py 8 ends a silent read after 5 s and a pool at 100 connections unless told otherwise:
            # the first closed every idle socket, the second the sockets above 100.
            "hosts": [{"address": REDIS_URL, "socket_timeout": 30, "max_connections": 10_000}],
            "capacity": 5_000,
            "expiry": 15,
        },
    }
}
CACHES = {"default": {"BACKEND": "balie.cache.ForgivingRedisCache", "LOCATION": REDIS_URL}}

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A worker that died gives its task back after at most 2 minutes; the outbox doesn't wait for that.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 30,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1_000

AUTH_USER_MODEL = "agency.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "agency.services.people.passwords.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "agency.services.people.passwords.NotCommon"},
    {"NAME": "agency.services.people.passwords.NotLikeYou"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "agency.services.people.sign_in.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "agency.views.people.account_forms.SignInForm",
    "user_token": "agency.views.people.password_forms.LinkForm",
    "reset_password": "agency.views.people.password_forms.ResetForm",
}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
# The link was the first step; the second, where there is one, is asked all the same.
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
# Tries are counted in agency/services/people/sign_in/limits.py: allauth keys an account by the Host header, too,
# and counts sign-ins that went well, of which one office has many at seven.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "reset_password": "3/m/key",
    "reset_password_from_key": None,
}
# How many proxies of ours stand in front; their number decides which X-Forwarded-For entry is believed.
PROXIES = int(read_number("BALIE_PROXIES", default=0))
MFA_FORMS = {
    "authenticate": "agency.services.people.sign_in.second_step.CodeForm",
    "reauthenticate": "agency.services.people.sign_in.second_step.CodeAgainForm",
}
MFA_ADAPTER = "agency.services.people.sign_in.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# Accounts are made by people who know the address; there is no verification mail to wait for.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Owners of a portal decide and let people in: a password alone doesn't open it for them.
OWNER_SECOND_STEP = read_choice("BALIE_OWNER_SECOND_STEP", SWITCH, default="1" if PRODUCTION else "") == "1"
# Companies that nobody invited may sign up at /sign-up/, at this price of a chat; None: a manager sets it.
SIGN_UP = read_choice("BALIE_SIGN_UP", SWITCH, default="" if PRODUCTION else "1") == "1"
SIGN_UP_PRICE = read_amount("BALIE_SIGN_UP_PRICE")
# A phone's clock may be one period of 30 s off.
MFA_TOTP_TOLERANCE = 1
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# Host-only cookies. Under `make run` the name carries the port, so two copies side by side keep their own sessions.
SESSION_COOKIE_NAME = "balie_session" if PRODUCTION else f"balie_session_{PORT}"
CSRF_COOKIE_NAME = "balie_csrf" if PRODUCTION else f"balie_csrf_{PORT}"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SESSION_COOKIE_AGE = 7 * 24 * 3600
CSRF_FAILURE_VIEW = "agency.views.system.errors.csrf_failed"
# Nothing inline but the console's import map, which carries the nonce. `data:` images: the QR code of the second step.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

MIDDLEWARE = [
    "balie.middleware.health_middleware",
    "balie.middleware.script_middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "balie.middleware.storage_middleware",
    "csp.middleware.CSPMiddleware",
    "balie.middleware.host_middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "balie.middleware.person_middleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "balie.middleware.refusal_middleware",
    "allauth.account.middleware.AccountMiddleware",
    "balie.middleware.alarms_middleware",
]
ROOT_URLCONF = "balie.urls"
# The URLs of a company's own host.
PORTAL_URLCONF = "balie.portal_urls"
ASGI_APPLICATION = "balie.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

LANGUAGE_CODE = "nl"
LANGUAGE_COOKIE_NAME = "language"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = AGENCY_ZONE

# The release is in the path, so every file under it can be kept for ever and an old console keeps its own.
RELEASE = os.environ.get("BALIE_RELEASE", "dev")
STATIC_URL = f"/static/{RELEASE}/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "balie.finders.PackageFinder",
]
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = not PRODUCTION

EMAIL_BACKEND = "agency.services.mail.backend.Backend"
EMAIL_HOST = ascii_name(os.environ.get("SMTP_HOST", "")) or SERVICES.get("smtp_host") or "127.0.0.1"
EMAIL_PORT = int(read_number("SMTP_PORT", default=SERVICES.get("smtp_port") or 25))
EMAIL_HOST_USER = os.environ.get("SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("SMTP_PASSWORD", "")
EMAIL_USE_TLS = read_choice("SMTP_TLS", SWITCH, default="") == "1"
EMAIL_TIMEOUT = 10
# Where people answer to mails of the agency's own, such as invitations; "" is the sender's address.
AGENCY_EMAIL = os.environ.get("BALIE_AGENCY_EMAIL", "")
DEFAULT_FROM_EMAIL = os.environ.get("BALIE_MAIL_FROM", "Balie <no-reply@balie.test>")

# Files of companies (chat/services/files/): nobody but this account reads them, and no address leads to the folder.
MEDIA_ROOT = os.environ.get("BALIE_FILES") or HOME / "files"
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700

# Budgets of one socket (docs/protocol.md). The benches raise the rate and nothing else.
FRAME_RATE = read_number("BALIE_FRAME_RATE", default=10)
FRAME_BURST = read_number("BALIE_FRAME_BURST", default=30)
NODE = os.environ.get("BALIE_NODE") or f"{os.uname().nodename}-{os.getpid()}-{secrets.token_hex(3)}"

# One JSON object a line, plain text on a terminal; never what a visitor wrote (balie/logging.py).
LOGGING = logs.configuration(
    level=read_choice("BALIE_LOG_LEVEL", logs.LEVELS, default="INFO"),
    as_json=not sys.stderr.isatty(),
)
logs.configure_structlog()
