"""Django's settings for this wall. What an operator changes comes from the environment (env.py)."""

from site_config.database import postgres_at, sqlite_in
from site_config.env import BASE_DIR, cookie_prefix_of, read_env, secret_key_in

env = read_env()

DEBUG = env.debug
SECRET_KEY = env.secret_key or secret_key_in(env.data_dir)
ALLOWED_HOSTS = [host.strip() for host in env.allowed_hosts.split(",") if host.strip()]

PRODUCERS = {
    "clock": {"BACKEND": "producers.clock.ClockProducer"},
    "host": {"BACKEND": "producers.system.SystemProducer"},
    "readings": {"BACKEND": "producers.readings.ReadingsProducer"},
    "notes": {"BACKEND": "producers.notes.NotesProducer"},
}

EVENT_LOG = {
    "BACKEND": "dashboard.log.database.DatabaseLog",
    "OPTIONS": {"retention": "7d"},
}
if env.redis_url:
    EVENT_LOG = {
        "BACKEND": "dashboard.log.redis.RedisLog",
        "OPTIONS": {"retention": "7d", "url": env.redis_url},
    }

PICTURES_DIR = env.data_dir / "pictures"
if env.ingest_rate is not None:
    INGEST_RATE = env.ingest_rate

INSTALLED_APPS = [
    # Before staticfiles, whose runserver would win.
    "site_config",
    "producers",
    "dashboard",
    "servestatic",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
]

MIDDLEWARE = [
    "django_htmx.middleware.HtmxMiddleware",
    "dashboard.http.hosts.ServedHostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "site_config.servestatic_files.StaticFilesMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "dashboard.http.sessions.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "dashboard.http.headers.ContentSecurityPolicyMiddleware",
    "dashboard.http.unavailable.UnavailableMiddleware",
]

ROOT_URLCONF = "site_config.urls"
ASGI_APPLICATION = "site_config.asgi.application"

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

DATABASES = {
    "default": postgres_at(env.database_url) if env.database_url else sqlite_in(env.data_dir)
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = env.time_zone
LANGUAGE_CODE = "en"
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = env.data_dir / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Compressed once, when `serve` collects them. Without DEBUG their names have a digest, so that
    # a page that is open since before an upgrade never meets a newer style.
    "staticfiles": {"BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage"},
}
SERVESTATIC_USE_STATIC_ROOT = True
SERVESTATIC_USE_FINDERS = False
SERVESTATIC_AUTOREFRESH = False
# No other origin needs to read them: what it may show comes with its own style.
SERVESTATIC_ALLOW_ALL_ORIGINS = False

if env.access is not None:
    ACCESS = env.access
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "dashboard:login"
LOGIN_REDIRECT_URL = "dashboard:wall"
LOGOUT_REDIRECT_URL = "dashboard:login"

_cookies = env.cookie_prefix or cookie_prefix_of(SECRET_KEY)
SESSION_COOKIE_NAME = f"{_cookies}_session"
CSRF_COOKIE_NAME = f"{_cookies}_csrf"
TICKET_COOKIE_NAME = f"{_cookies}_ticket"
# The default would keep them in a cookie whose name every Django shares.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
if env.script_name:
    FORCE_SCRIPT_NAME = env.script_name
    SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = env.script_name

# TLS ends in a proxy. `serve` believes what it says of the scheme (X-Forwarded-Proto) where it is
# one of FORWARDED_ALLOW_IPS; so there is no SECURE_PROXY_SSL_HEADER, which anybody could send.
if env.https:
    SECURE_SSL_REDIRECT = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 30 * 24 * 3600
    # Whether all other hosts under this name speak HTTPS is not for a wall to promise.
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "dashboard": {"level": env.log_level},
        "producers": {"level": env.log_level},
        # Django's own handlers would say everything a second time.
        "django": {"handlers": [], "level": "INFO" if DEBUG else "WARNING"},
        "uvicorn": {"level": "WARNING"},
    },
}
