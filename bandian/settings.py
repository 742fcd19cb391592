"""Settings, all from the environment; a wrong value stops the program at start with its name.

Nothing set: a development server with SQLite, an in-memory channel layer and tasks that run at once.
"""

from datetime import timedelta
from pathlib import Path

from django.conf import global_settings
from django.core.exceptions import ImproperlyConfigured
from environs import validate

from bandian import weak_keys
from bandian.env import env
from bandian.web import headers

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("VAR_DIR", "") or BASE_DIR / "var")
positive = validate.Range(min=1)

# Whoever names one key, or the site's hosts, runs it for real, and has to name all of them.
given = {name: env.text(name, "") for name in ("SECRET_KEY", "SIGNING_PASSPHRASE", "FIELD_KEY")}
DEBUG = env.bool("DEBUG", not any((*given.values(), env.names("ALLOWED_HOSTS", ""))))
SECRET_KEY = given["SECRET_KEY"] or (weak_keys.DEVELOPMENT_KEY if DEBUG else "")
# Seals the private keys in SIGNING_DIR and PUSH_DIR.
SIGNING_PASSPHRASE = given["SIGNING_PASSPHRASE"] or (SECRET_KEY if DEBUG else "")
for name, value, least in (("SECRET_KEY", SECRET_KEY, 50), ("SIGNING_PASSPHRASE", SIGNING_PASSPHRASE, 16)):
    if not DEBUG and weak_keys.is_weak(value, least=least):
        raise ImproperlyConfigured(f"{name}: give at least {least} random characters of your own.")
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", "") or (["127.0.0.1", "localhost", "[::1]"] if DEBUG else [])
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS: name the hosts that this server answers to; * is refused.")
# What the codes printed on papers lead to.
SITE_URL = env.address("SITE_URL", "", schemes=("http", "https")).rstrip("/")
SITE_URL = SITE_URL or f"{'http' if DEBUG else 'https'}://{ALLOWED_HOSTS[0]}"
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if not DEBUG else []
# Shows SMS codes on the page, marked 演示, and allows `manage.py demo`: for the demo server only.
DEMO = env.bool("DEMO", DEBUG)

INSTALLED_APPS = [
    "whitenoise.runserver_nostatic",
    "accounts.apps.DeskConfig",
    "accounts.terminal",  # its commands stand in for those of auth
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "axes",
    "channels",
    "csp",
    "django_fsm",
    "django_otp.plugins.otp_totp",
    "bandian.text",
    "notifications",
    "accounts",
    "signing",
    "workorders",
    "chat",
]

# Above WhiteNoise stands what static files and early errors need too.
MIDDLEWARE = [
    "bandian.web.middleware.ConnectionMiddleware",
    "bandian.web.middleware.RefusalLogMiddleware",
    "bandian.web.middleware.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "bandian.web.middleware.ForeignRequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "bandian.web.pools.ChargeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.SessionEndMiddleware",
    "accounts.middleware.LoginNeededMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "axes.middleware.AxesMiddleware",
    "bandian.web.middleware.OpenedMiddleware",
    "accounts.middleware.KeptFormMiddleware",
    "workorders.middleware.ConflictMiddleware",
]

ROOT_URLCONF = "bandian.urls"
ASGI_APPLICATION = "bandian.asgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["accounts.keeping.form_tags"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "notifications.context.unread",
                "bandian.web.context.site",
                "accounts.context.session",
                "accounts.context.written",
                "workorders.desk.reviews.context",
            ],
        },
    }
]

VAR_DIR.mkdir(parents=True, exist_ok=True)
# The connections to PostgreSQL of one process. Who finds them all taken waits, less long than a proxy does (60 s).
POOL = {"min_size": 0, "max_size": env.int("DATABASE_POOL", 40, validate=positive), "timeout": 50, "max_waiting": 1000}
# Unused ones go soon, one a second: of those that die with the database, whoever meets the sixth has waited 30 s.
POOL |= {"max_idle": 1, "reconnect_timeout": 5}
DATABASES = {"default": env.database("DATABASE_URL", "", sqlite=VAR_DIR / "db.sqlite3", pool=POOL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.address("REDIS_URL", "", schemes=("redis", "rediss", "unix"))
# Counts what may be done so often (bandian.web.rates): for all processes together where there is a Redis.
# By itself the other forgets what is beyond 300 entries, and with it the rates of whoever makes many.
_OWN = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 100_000}}
CACHES = {"default": _OWN}
if REDIS_URL:
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {
            "pool_class": "bandian.db.pooled.RedisPool",
            "socket_timeout": 1,
            "socket_connect_timeout": 1,
            "max_connections": 1000,
        },
    }
# Stands in while the Redis of the other is away.
CACHES["own"] = _OWN | {"LOCATION": "own"}
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
if REDIS_URL:
    CHANNEL_LAYERS["default"] = {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # redis-py 8 by itself ends a silent socket after 5 s and refuses connection 101: django/channels_redis #422.
        "CONFIG": {
            "hosts": [
                {
                    "address": REDIS_URL,
                    "socket_timeout": 3,
                    "socket_connect_timeout": 3,
                    "health_check_interval": 15,
                    "max_connections": 10_000,
                }
            ]
        },
    }
# Open pages in one process; a whole office may stand behind one address.
SOCKETS_PER_USER = env.int("SOCKETS_PER_USER", 20, validate=positive)
SOCKETS_PER_ADDRESS = env.int("SOCKETS_PER_ADDRESS", 200, validate=positive)
CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_TASK_ALWAYS_EAGER = not REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_ACCEPT_CONTENT = ["json"]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("phone", "name")}},
    {"NAME": "accounts.login.passwords.LengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.login.passwords.SiteWordValidator"},
]  # fmt: skip
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "workorders:home"
LOGOUT_REDIRECT_URL = "accounts:login"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
# Its pages speak English; `manage.py axes_list_attempts` and axes_reset do what they do.
AXES_ENABLE_ADMIN = False
AXES_ENABLE_ACCESS_FAILURE_LOG = True
# Staff show a second factor; a demo server offers it only.
STAFF_OTP = env.bool("STAFF_OTP", not DEMO)
OTP_TOTP_ISSUER, OTP_TOTP_SYNC = "办电E助手", False  # one step early or late counts, and is not learned
# In a cookie, as by default, the names that they speak of would stay with the browser.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# When sessions end stands in accounts.models.session; the cookie outlives them, for the page to say what happened.
SESSION_ENGINE = "accounts.models.session"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = [("" if DEBUG else "__Host-") + name for name in ("sessionid", "csrftoken")]
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "accounts.views.session_pages.stale_page"

# "console" prints the message; "http" posts it to SMS_HTTP_URL.
SMS_SENDER = env.str("SMS_SENDER", "console", validate=validate.OneOf(("console", "http")))
if SMS_SENDER == "console" and not DEMO:
    raise ImproperlyConfigured("SMS_SENDER: the console shows codes to whoever reads the log; write http.")
SMS_QUIET_HOURS = env.hours("SMS_QUIET_HOURS", "22-8")
SMS_HTTP_URL = env.address("SMS_HTTP_URL", "", schemes=("https",), needed=SMS_SENDER == "http")
SMS_HTTP_TOKEN = env.text("SMS_HTTP_TOKEN", "")
# Push messages go to these services and no others, whatever address a browser names.
PUSH_SERVICES = env.origins("PUSH_SERVICES", "") or [
    "https://fcm.googleapis.com",
    "https://updates.push.services.mozilla.com",
    "https://*.notify.windows.com",
    "https://web.push.apple.com",
]
# "review" leaves the real-name check to a supervisor; "http" asks the service at IDENTITY_HTTP_URL.
IDENTITY_PROVIDER = env.str("IDENTITY_PROVIDER", "review", validate=validate.OneOf(("review", "http")))
IDENTITY_HTTP_URL = env.address("IDENTITY_HTTP_URL", "", schemes=("https",), needed=IDENTITY_PROVIDER == "http")
IDENTITY_HTTP_TOKEN = env.text("IDENTITY_HTTP_TOKEN", "")
# Seal identity numbers in the database: name:base64 of 32 bytes, the one in use first, comma-separated.
FIELD_KEYS = env.keys("FIELD_KEY", "", fallback=SECRET_KEY if DEBUG else "")
if not DEBUG and (weak := weak_keys.weak_fields(FIELD_KEYS, given.values())):
    raise ImproperlyConfigured(f"FIELD_KEY: {weak[0]} is not random, or made of another key: openssl rand -base64 32.")
others = ("SMS_HTTP_TOKEN", "IDENTITY_HTTP_TOKEN", "PKCS11_PIN", "DATABASE_URL", "REDIS_URL")
if not DEBUG and (pair := weak_keys.shared(given | {name: env.text(name, "") for name in others})):
    raise ImproperlyConfigured(f"{pair[1]}: it is {pair[0]} again, or made of it; give each a secret of its own.")
# Whose export, refusal and erase a person's data goes through, in this order.
PERSONAL_DATA_HOLDERS = [f"{app}.personal" for app in ("chat", "workorders", "signing", "notifications", "accounts")]
# What goes along with every order beyond this site's core: see workorders.hooks.
ORDER_HOOKS = ["chat.order_hooks"]
# Lists of which each follows the choice in the one above: see accounts.keeping.filling.
KEPT_LISTS = {"data-level": "workorders.regions.children"}
# Where papers are that prove the right to a seal: see signing.seals.known_papers.
SEAL_PAPER_SOURCES = ["workorders.requests.given_papers"]

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATICFILES_DIRS = [BASE_DIR / "static"]
# Private: no URL leads here, files go out through views that check the reader's rights.
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", "") or VAR_DIR / "media")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
IMAGE_MAX_BYTES = env.int("IMAGE_MAX_MB", 40, validate=positive) * 1024 * 1024
PDF_MAX_BYTES = env.int("PDF_MAX_MB", 50, validate=positive) * 1024 * 1024
FILES_PER_KIND = env.int("FILES_PER_KIND", 20, validate=positive)
ORDER_MAX_FILES = env.int("ORDER_MAX_FILES", 300, validate=positive)
ORDER_MAX_BYTES = env.int("ORDER_MAX_MB", 1024, validate=positive) * 1024 * 1024
CHAT_FILE_MAX_BYTES = env.int("CHAT_FILE_MAX_MB", 20, validate=positive) * 1024 * 1024
REQUEST_MAX_BYTES = env.int("REQUEST_MAX_MB", 120, validate=positive) * 1024 * 1024
# What the sandbox imports once, before it forks for each job.
SANDBOX_MODULES = [
    "files.cleaning", "files.images", "files.office", "files.previews", "signing.check.examination",
    "signing.check.pictures", "signing.marks.seal_picture", "signing.pdf.freeze", "signing.pdf.intake",
    "signing.seals.images",
]  # fmt: skip
# What it calls once, so that no job pays for it.
SANDBOX_PREPARES = ["signing.marks.fonts:register_made", "signing.pdf.rehearsal:rehearse"]
FILE_UPLOAD_HANDLERS = ["bandian.web.limits.FileLimit", *global_settings.FILE_UPLOAD_HANDLERS]
# Looks through every upload: unix:///run/clamav/clamd.ctl or tcp://host:3310; empty: nobody does.
CLAMD_URL = env.address("CLAMD_URL", "", schemes=("unix", "tcp"))
SENDFILE_HEADER = env.str("SENDFILE_HEADER", "", validate=validate.OneOf(("", "X-Accel-Redirect")))
SENDFILE_PREFIX = env.text("SENDFILE_PREFIX", "/protected/")

# Chinese fonts for the papers (TrueType); empty: made once from the pinned font package into VAR_DIR.
FONT_SANS = env.text("FONT_SANS", "")
FONT_SERIF = env.text("FONT_SERIF", "")
# One more for characters that these lack, such as 𠀀; empty: they are printed as their number.
FONT_RARE = env.text("FONT_RARE", "")
ANCHOR_DIR = Path(env.text("ANCHOR_DIR", "") or VAR_DIR / "anchors")
SIGNING_DIR = Path(env.text("SIGNING_DIR", "") or VAR_DIR / "signing")
PUSH_DIR = Path(env.text("PUSH_DIR", "") or VAR_DIR / "push")
# Where the signers' keys are: "local" in SIGNING_DIR, "pkcs11" in an HSM; the root's is always in SIGNING_DIR.
SIGNING_KEYS = env.str("SIGNING_KEYS", "local", validate=validate.OneOf(("local", "pkcs11")))
PKCS11_MODULE = env.file("PKCS11_MODULE", "", needed=SIGNING_KEYS == "pkcs11")
PKCS11_TOKEN = env.text("PKCS11_TOKEN", "", needed=SIGNING_KEYS == "pkcs11")
PKCS11_PIN = env.text("PKCS11_PIN", "", needed=SIGNING_KEYS == "pkcs11")
# Asked for the time of every signature (RFC 3161); its certificate has to lead to the PEM file TSA_ROOT, where given.
TSA_URL, TSA_ROOT = env.address("TSA_URL", "", schemes=("http", "https")), env.file("TSA_ROOT", "")
TSA_TIMEOUT = env.int("TSA_TIMEOUT", 3, validate=positive)  # seconds

SECURE_REDIRECT_EXEMPT = [r"^(livez|readyz)$"]  # probes ask the container itself, without TLS
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SECURE_HSTS_SECONDS = 0 if DEBUG else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG
SECURE_REFERRER_POLICY = "same-origin"
# uvicorn reads it too: whose X-Forwarded-For and X-Forwarded-Proto are believed.
FORWARDED_ALLOW_IPS = env.networks("FORWARDED_ALLOW_IPS", "127.0.0.1")
if env.bool("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {"DIRECTIVES": headers.CONTENT_SECURITY_POLICY}
