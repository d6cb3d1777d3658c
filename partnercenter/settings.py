"""One settings file. What varies between installations comes from the environment (see env.py)."""

import uuid
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF

from customers.money import CURRENCIES
from partnercenter import logs
from partnercenter.env import (
    env_bool,
    env_choice,
    env_guid,
    env_int,
    env_list,
    env_networks,
    env_secret,
    env_site,
    env_str,
)

BASE_DIR = Path(__file__).resolve().parent.parent
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]

# What this installation is

DEMONSTRATION = env_bool("DEMONSTRATION", default=False)
DEBUG = env_bool("DEBUG", default=False)
HTTPS = env_bool("HTTPS", default=not (DEMONSTRATION or DEBUG))
SECRET_KEY = env_secret("SECRET_KEY")
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = LOOPBACK if DEMONSTRATION else env_list("ALLOWED_HOSTS")
PARTNER_NAME = env_str("PARTNER_NAME", "Partner Center")
# The partner's tenant, which clients of the API name in every self-serve policy. One that is made
# up of the host name is as good for whoever knows no other.
TENANT_ID = env_guid(
    "TENANT_ID", str(uuid.uuid5(uuid.NAMESPACE_DNS, next(iter(ALLOWED_HOSTS), "localhost")))
)
# Whom customers ask for what the portal does not do
PARTNER_CONTACT_EMAIL = env_str(
    "PARTNER_CONTACT_EMAIL", "help@partner.example" if DEMONSTRATION else ""
)
PARTNER_CONTACT_PHONE = env_str("PARTNER_CONTACT_PHONE", "")
TRUSTED_PROXY_COUNT = env_int("TRUSTED_PROXY_COUNT", 0)
# In which customers are billed unless their bill-to says otherwise
CURRENCY = env_choice("CURRENCY", "USD", tuple(CURRENCIES))

# The rooms, from the floor up; “agents” before “auth”, whose commands and templates it replaces

INSTALLED_APPS = [
    "partnercenter.agents",
    "partnercenter.applications",
    "partnercenter.api",
    "partnercenter.webhooks",
    "activitylog",
    "customers",
    "partnercenter.apps.AgentAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.idp.oidc",
    "csp",
    "django_htmx",
    "template_partials",
]

MIDDLEWARE = [
    "partnercenter.middleware.origins",
    "customers.portal.middleware.set_apart",
    "partnercenter.api.middleware.set_apart",
    "partnercenter.middleware.request_lines",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "partnercenter.plain_http.refused_to_programs",
    "django.middleware.security.SecurityMiddleware",
    "partnercenter.health.asked_by_nobody",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "partnercenter.middleware.private_answers",
    "partnercenter.middleware.cookies_of_ours",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.common.CommonMiddleware",
    "partnercenter.middleware.readable_bodies",
    "partnercenter.middleware.good_characters",
    "partnercenter.middleware.said_once",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "partnercenter.agents.middleware.session_limits",
    "partnercenter.agents.middleware.preferences",
    "partnercenter.agents.middleware.SignInRequired",
    "partnercenter.agents.middleware.FirstThingsFirst",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "partnercenter.urls"
WSGI_APPLICATION = "partnercenter.wsgi.application"

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
                "partnercenter.context_processors.installation",
                "customers.context_processors.navigation",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

# Databases: SQLite is embedded, PostgreSQL is for production

DATABASE_URL = env_str("DATABASE_URL", f"sqlite:///{BASE_DIR / 'var' / 'partnercenter.sqlite3'}")
DATABASES = {"default": dj_database_url.parse(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file for tests too: databases in memory lock differently.
    DATABASES["default"]["TEST"] = {"NAME": BASE_DIR / "var" / "test.sqlite3"}
    # IMMEDIATE: a transaction that reads before it writes takes its turn at the start. Without it
    # SQLite refuses the later of two such transactions instead of letting it wait.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,  # seconds that one waits for another's transaction
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    DATABASES["default"].update({"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True})
    # Cursors that outlive a transaction fail behind a pooler that pools by transaction.
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
    if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
        DATABASES["default"]["ENGINE"] = "partnercenter.postgresql"
    # What stands in the URL goes before it. How long queries may take is said in patience.py; these
    # are for networks and machines that vanish, and for commands too.
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 3,  # seconds, as keepalives_idle and _interval
        "tcp_user_timeout": 15_000,  # milliseconds
        "keepalives_idle": 30,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        **DATABASES["default"].get("OPTIONS", {}),
    }

# The counters of failed sign-ins are shared by all workers
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # so that no flood of them drives out live ones
    }
}

# Who is who

AUTH_USER_MODEL = "agents.Agent"
AUTHENTICATION_BACKENDS = ["partnercenter.agents.adapter.AgentBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS.append({"NAME": "partnercenter.agents.passwords.NotTheOneTimePassword"})
AUTH_PASSWORD_VALIDATORS[0]["OPTIONS"] = {"user_attributes": ("username", "display_name")}  # type: ignore[assignment]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 12}  # type: ignore[assignment]
# scrypt costs a third of what Django's first choice costs for the same resistance, and a sign-in
# should not be a way to keep the server busy.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    # Of applications' secrets, which are random; the first one is what passwords are kept with.
    "partnercenter.applications.secrets.RandomSecretHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "partnercenter.agents.adapter.AgentAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
# What counts against guessing are failures. All sign-ins together are limited generously, since a
# whole office may begin its day behind one address.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "token_failed": "30/m/ip,10/5m/key",  # the key is an application and an address
}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT

# A second factor is each agent's own choice, unless this demands it of Admin agents.
MULTI_FACTOR_REQUIRED = env_bool("MULTI_FACTOR_REQUIRED", default=False)
ACCOUNT_FORMS = {"change_password": "partnercenter.agents.own_password.ChangePasswordForm"}
MFA_ADAPTER = "partnercenter.agents.multi_factor.SecondFactorAdapter"
MFA_FORMS = {
    "activate_totp": "partnercenter.agents.one_time_codes.SetUpAppForm",
    "authenticate": "partnercenter.agents.one_time_codes.SecondStepForm",
    "reauthenticate": "partnercenter.agents.one_time_codes.ConfirmCodeForm",
    "add_webauthn": "partnercenter.agents.multi_factor.AddPasskeyForm",
    "edit_webauthn": "partnercenter.agents.multi_factor.RenamePasskeyForm",
    "authenticate_webauthn": "partnercenter.agents.multi_factor.SecondStepPasskeyForm",
    "reauthenticate_webauthn": "partnercenter.agents.multi_factor.ConfirmPasskeyForm",
    "login_webauthn": "partnercenter.agents.multi_factor.PasskeySignInForm",
}
# Of a passkey there is nothing to guess; the limit is the one of all sign-ins together.
MFA_RATE_LIMITS = {"webauthn_login": ACCOUNT_RATE_LIMITS["login"]}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = PARTNER_NAME
MFA_TOTP_TOLERANCE = 1  # half a minute, for telephones whose clock is a little off
MFA_ALLOW_UNVERIFIED_EMAIL = True  # agents have no e-mail addresses here
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

# The portal of customers' users, and the mail that leads there

SIGN_IN_LINK_HOURS = env_int("SIGN_IN_LINK_HOURS", 24, at_least=1)
SITE_URL = env_site("SITE_URL")  # for addresses in mails; the Host header is anybody's to choose
EMAIL_HOST = env_str("EMAIL_HOST", "")
EMAIL_PORT = env_int("EMAIL_PORT", 587, at_least=1)
EMAIL_HOST_USER = env_str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env_secret("EMAIL_HOST_PASSWORD", optional=True)
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = env_int("EMAIL_TIMEOUT", 10, at_least=1)  # seconds
DEFAULT_FROM_EMAIL = env_str(
    "DEFAULT_FROM_EMAIL", f"no-reply@{urlsplit(SITE_URL).hostname or 'localhost'}"
)

# The REST API, and the sign-in of programs

# How many calls an application makes a minute on customers, subscriptions and orders; 0: as many
# as it likes
API_CALLS_A_MINUTE = env_int("API_CALLS_A_MINUTE", 500)
IDP_OIDC_ADAPTER = "partnercenter.applications.adapter.ProviderAdapter"
# Clients look into it for the moment at which it ends
IDP_OIDC_ACCESS_TOKEN_FORMAT = "jwt"  # noqa: S105 (no token)
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 3600  # seconds
# Counted from its last use
IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN = 24 * 3600 * env_int("REFRESH_TOKEN_DAYS", 90, at_least=1)
# allauth knows one answer for all clients. Ours differs: applications/grants.py gives public
# clients a new one each time.
IDP_OIDC_ROTATE_REFRESH_TOKEN = False

# The networks beside the public ones in which webhooks reach their receivers
WEBHOOK_NETWORKS = env_networks("WEBHOOK_NETWORKS")

# Sessions, cookies, transport

SESSION_IDLE_SECONDS = 3600 * env_int("SESSION_IDLE_HOURS", 8, at_least=1)
SESSION_ABSOLUTE_SECONDS = 3600 * env_int("SESSION_ABSOLUTE_HOURS", 12, at_least=1)
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# Browsers take a cookie of such a name from this host over https alone, so that no other host of
# the domain plants one here (RFC 6265bis, section 4.1.3.2).
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
PORTAL_COOKIE_NAME = f"{COOKIE_PREFIX}portalid"
MESSAGE_STORAGE = "partnercenter.message_storage.MessageStorage"
CSRF_FAILURE_VIEW = "partnercenter.errors.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
# Machines that watch the server ask it directly, beside the proxy that speaks https.
SECURE_REDIRECT_EXEMPT = ["^livez$", "^readyz$"]
# What is longer is refused before it is read: twice what a table may be (see tables.py), so that
# one that is a little too large is still told so in its form. Nothing goes to a file meanwhile.
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 2**20  # bytes
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# includeSubDomains and preload would bind hosts of the domain that are not ours to bind.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# The server's log, on standard error

LOGGING = logs.configuration(env_choice("LOG_LEVEL", "WARNING", logs.LEVELS))

# Words, time, files

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ja", "日本語")]  # each in its own words
LOCALE_PATHS = [BASE_DIR / "partnercenter" / "locale"]
FORMAT_MODULE_PATH = ["partnercenter.formats"]
USE_TZ = True
TIME_ZONE = "UTC"  # shown in UTC as Partner Center does

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
