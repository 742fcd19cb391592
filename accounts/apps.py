from typing import Any

from django import forms
from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps

_MISSING: dict[Any, str] = {
    forms.Field: "请填写。",
    forms.ChoiceField: "请选择。",
    forms.ModelChoiceField: "请选择。",
    forms.MultipleChoiceField: "请选择。",
    forms.BooleanField: "请勾选。",
    forms.FileField: "请选择文件。",
}


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "账号与企业"
    default = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Before any form is declared, so that all of them, the admin's too, ask in the same words for what is missing.
        for field, words in _MISSING.items():
            field.default_error_messages = {**vars(field).get("default_error_messages", {}), "required": words}


class DeskConfig(admin_apps.AdminConfig):
    """Stands in INSTALLED_APPS for django.contrib.admin."""

    default_site = "accounts.staff.site.Desk"
    default = False
