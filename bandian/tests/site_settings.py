"""The settings of the processes that tests start: they read the passwords of the tests, which are hashed quickly."""

from bandian.settings import *  # noqa: F403 - all of them, but for what follows

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# As on a real site no query is logged, and no file looked for that the browser has: the keys alone are those of DEBUG.
DEBUG = WHITENOISE_AUTOREFRESH = False
STATIC_ROOT, WHITENOISE_USE_FINDERS, WHITENOISE_MAX_AGE = None, True, 3600
