"""Form fields that take what people really type: spaces, dashes, full-width digits, small letters."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator, RegexValidator

from accounts import documents
from accounts.enums import IdDocument
from accounts.validators import (
    normalise_company,
    normalise_phone,
    validate_company,
    validate_credit_code,
    validate_person_name,
    validate_phone,
    validate_representative,
)
from bandian.text import plain
from bandian.text.fields import PlainField

PASSWORD_MAX_LENGTH = 128


class _NormalisedField(PlainField):
    """Cleans the text before the validators see it; its length is theirs to judge, spaces do not count."""

    normalise = staticmethod(plain.code)
    attrs: dict[str, str] = {}
    input_type = "text"

    def __init__(self, *, max_length: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.input_type = self.input_type
        for name, value in self.attrs.items():
            self.widget.attrs.setdefault(name, value)

    def make_plain(self, value: str) -> str:
        return self.normalise(value)


class PhoneField(_NormalisedField):
    normalise = staticmethod(normalise_phone)
    attrs = {"inputmode": "numeric", "autocomplete": "tel"}
    input_type = "tel"
    default_validators = [validate_phone]


class PersonNameField(_NormalisedField):
    normalise = staticmethod(plain.name)
    default_validators = [validate_person_name]


class CompanyField(_NormalisedField):
    """The name of an enterprise as its business licence says it."""

    normalise = staticmethod(normalise_company)
    default_validators = [validate_company]
    attrs = {"autocomplete": "organization"}


class RepresentativeField(_NormalisedField):
    """The name of the legal representative as the business licence says it."""

    normalise = staticmethod(plain.name)
    default_validators = [validate_representative]


class DocumentKindField(forms.TypedChoiceField):
    """Which document; whoever chooses none has the residents' identity card."""

    hide_optional = True

    def __init__(self, **kwargs: Any) -> None:
        start = IdDocument.RESIDENT
        super().__init__(choices=IdDocument, initial=start, empty_value=start, required=False, **kwargs)


class DocumentNumberField(_NormalisedField):
    """The number of an identity document; whether it has the form of its kind is for the form to judge."""

    normalise = staticmethod(documents.normalise)
    attrs = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
    default_validators = [
        MaxLengthValidator(documents.LONGEST, "证件号码最多 %(limit_value)d 位，您输入了 %(show_value)d 位。")
    ]


class KnownDocumentNumberField(DocumentNumberField):
    """Shows the number that is stored (`known`) masked only; the mask sent back stands for it."""

    known = ""

    def prepare_value(self, value: Any) -> Any:
        is_known = self.known and documents.normalise(str(value)) == self.known
        return documents.mask(self.known) if is_known else value

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value)
        return self.known if self.known and typed == documents.mask(self.known) else typed


class CreditCodeField(_NormalisedField):
    attrs = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
    default_validators = [validate_credit_code]


class SmsCodeField(_NormalisedField):
    attrs = {"inputmode": "numeric", "autocomplete": "one-time-code"}
    default_validators = [RegexValidator(r"\A[0-9]{6}\Z", "请输入短信中的 6 位数字验证码。")]


class OtpField(_NormalisedField):
    """Six digits of an authenticator app, or ten signs of a recovery code."""

    attrs = {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
    default_validators = [RegexValidator(r"\A([0-9]{6}|[0-9A-Z]{10})\Z", "请输入 6 位动态验证码，或 10 位恢复码。")]


class PasswordField(forms.CharField):
    """A password as it was typed; `autocomplete` tells password managers whether it is a new one."""

    def __init__(self, *, autocomplete: str, **kwargs: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
        super().__init__(strip=False, max_length=PASSWORD_MAX_LENGTH, widget=widget, **kwargs)
