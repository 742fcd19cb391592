"""Password validators for AUTH_PASSWORD_VALIDATORS, beside those of Django."""

import re

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError


class LengthValidator(MinimumLengthValidator):
    """Django's own rule of 8 characters; the Chinese catalogue of Django 5.2 lacks its message."""

    def get_error_message(self) -> str:
        return f"密码太短，至少需要 {self.min_length} 位。"

    def get_help_text(self) -> str:
        return f"密码至少 {self.min_length} 位。"


class SiteWordValidator:
    """Refuses passwords that are little more than a name of this site or of its trade (a password validator)."""

    words = re.compile(r"办电|电网|国网|供电|网上|助手|bandian|dianwang|guowang|gongdian|sgcc|zhushou", re.IGNORECASE)
    least_own = 4

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        own = re.sub(r"[\W\d_]", "", self.words.sub("", password))
        if self.words.search(password) and len(own) < self.least_own:
            raise ValidationError("密码太容易猜到：不要只用“办电”“电网”一类的词加数字。", code="site_word")

    def get_help_text(self) -> str:
        return "不要只用“办电”“电网”一类的词加数字。"
