"""The settings of the processes that tests start: they read the passwords of the tests, which are hashed quickly."""

from bandian.settings import *  # noqa: F403 - all of them, but for what follows

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
