from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "账号与企业"
    default = True


class DeskConfig(admin_apps.AdminConfig):
    """Stands in INSTALLED_APPS for django.contrib.admin."""

    default_site = "accounts.staff.site.Desk"
    default = False
