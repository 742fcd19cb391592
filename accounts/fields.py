"""Form fields that take what people really type: spaces, dashes, full-width digits, small letters."""

from django import forms
from django.core.validators import RegexValidator

from accounts.validators import (
    normalise_code,
    normalise_name,
    normalise_phone,
    validate_credit_code,
    validate_id_number,
    validate_person_name,
    validate_phone,
)

PASSWORD_MAX_LENGTH = 128


class _NormalisedField(forms.CharField):
    """Cleans the text before the validators see it; its length is theirs to judge, spaces do not count."""

    normalise = staticmethod(normalise_code)
    attrs = {}

    def __init__(self, *, max_length=None, **kwargs):
        super().__init__(**kwargs)
        for name, value in self.attrs.items():
            self.widget.attrs.setdefault(name, value)

    def to_python(self, value):
        return self.normalise(super().to_python(value) or "")


class PhoneField(_NormalisedField):
    normalise = staticmethod(normalise_phone)
    attrs = {"type": "tel", "inputmode": "numeric", "autocomplete": "tel"}
    default_validators = [validate_phone]


class PersonNameField(_NormalisedField):
    normalise = staticmethod(normalise_name)
    default_validators = [validate_person_name]


class IdNumberField(_NormalisedField):
    attrs = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
    default_validators = [validate_id_number]


class CreditCodeField(_NormalisedField):
    attrs = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
    default_validators = [validate_credit_code]


class SmsCodeField(_NormalisedField):
    attrs = {"inputmode": "numeric", "autocomplete": "one-time-code"}
    default_validators = [RegexValidator(r"\A[0-9]{6}\Z", "请输入短信中的 6 位数字验证码。")]


class PasswordField(forms.CharField):
    """A password as it was typed; `autocomplete` tells password managers whether it is a new one."""

    def __init__(self, *, autocomplete, **kwargs):
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
        super().__init__(strip=False, max_length=PASSWORD_MAX_LENGTH, widget=widget, **kwargs)
