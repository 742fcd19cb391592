"""Forms of the account pages."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from accounts.forms.fields import (
    CompanyField,
    CreditCodeField,
    OtpField,
    PasswordField,
    PersonNameField,
    PhoneField,
    RepresentativeField,
    SmsCodeField,
)
from accounts.models import Enterprise, User
from accounts.services import CREDIT_CODE_TAKEN
from accounts.validators import credit_code_doubt
from bandian.text.fields import formfield

PASSWORD_HELP = "至少 8 位，可以用一句好记的话；不要使用常见密码或自己的手机号。"


class LoginForm(forms.Form):
    # Named as django-axes and the admin's login form expect it.
    username = PhoneField(label="手机号")
    password = PasswordField(label="密码", autocomplete="current-password")


class PhoneForm(forms.Form):
    phone = PhoneField(label="手机号")


class CodeForm(forms.Form):
    code = SmsCodeField(label="短信验证码")


class SecondFactorForm(forms.Form):
    code = OtpField(label="动态验证码或恢复码")


class EnrolForm(SecondFactorForm):
    code = OtpField(label="动态验证码")


class NewPasswordForm(forms.Form):
    """A new password, judged against what is known of its user."""

    password = PasswordField(label="新密码", autocomplete="new-password", help_text=PASSWORD_HELP)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        validate_password(self.cleaned_data["password"], self.user)
        return self.cleaned_data["password"]


class RegisterForm(NewPasswordForm):
    name = PersonNameField(
        label="真实姓名",
        help_text="与身份证件一致，将用于申请表和签字。",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = PasswordField(label="密码", autocomplete="new-password", help_text=PASSWORD_HELP)
    consent = forms.BooleanField(
        label="我已阅读并同意《服务条款》和《个人信息保护说明》",
        error_messages={"required": "请阅读并勾选同意后再注册。"},
    )

    field_order = ["name", "password", "consent"]

    def __init__(self, *args: Any, phone: str, **kwargs: Any) -> None:
        super().__init__(*args, user=User(phone=phone), **kwargs)

    def clean_name(self) -> str:
        self.user.name = self.cleaned_data["name"]
        return self.user.name


class ChangePasswordForm(NewPasswordForm):
    old_password = PasswordField(label="当前密码", autocomplete="current-password")

    field_order = ["old_password", "password"]


class OldPasswordForm(forms.Form):
    old_password = PasswordField(label="当前密码", autocomplete="current-password")


class EnterpriseForm(forms.ModelForm):
    """What the licence says; a code with a wrong check digit is taken, with a warning (`Enterprise.code_doubt`)."""

    credit_code = CreditCodeField(
        label="统一社会信用代码",
        help_text="营业执照上的 18 位代码，可以带空格。",
        error_messages={"unique": CREDIT_CODE_TAKEN},
    )

    class Meta:
        model = Enterprise
        formfield_callback = formfield
        fields = ["name", "credit_code", "legal_representative", "address"]
        field_classes = {"name": CompanyField, "legal_representative": RepresentativeField}
        widgets = {"address": forms.TextInput(attrs={"autocomplete": "street-address"})}


class SupplierEnterpriseForm(EnterpriseForm):
    """An enterprise that a supervisor adds, and thereby verifies."""

    code_confirmed = forms.BooleanField(
        label="代码的校验码不符，但已对照营业执照逐位核对", required=False, help_text="只在代码的校验码不符时需要勾选。"
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        doubt = credit_code_doubt(cleaned.get("credit_code", ""))
        if doubt and not cleaned.get("code_confirmed"):
            self.add_error("code_confirmed", f"统一社会信用代码{doubt}，请对照营业执照逐位核对，无误后勾选。")
        return cleaned
