from django.apps import AppConfig
from django.core.checks import register

from signing.pki import authority


class SigningConfig(AppConfig):
    name = "signing"
    verbose_name = "签署"

    def ready(self) -> None:
        register(authority.opens)
