"""Every form of the site and its text fields, found by looking: nobody has to remember to list one."""

from django import forms
from django.contrib import admin
from django.test import RequestFactory
from django.urls import resolve

from accounts.enums import Role
from accounts.forms import fields
from accounts.models import User
from bandian import urls
from bandian.text.fields import PlainEmailField
from bandian.web.searching import SearchField
from signing.forms.check_forms import CheckCodeField
from signing.forms.seal_forms import NumberField
from workorders.forms import manager_forms

OURS = ("accounts", "bandian", "chat", "notifications", "signing", "workorders")
# Passwords are kept as typed; the others no person types.
AS_SENT = {
    "password", "old_password", "strokes", "sha256", "token", "endpoint", "p256dh", "auth", "prefix", "unserved",
}  # fmt: skip
# What is searched for comes sealed (chat.tests.test_finding looks after it).
NO_TEXT = (forms.UUIDField, SearchField)
# What people type into a field, with signs that can be typed otherwise.
SAMPLES = {
    fields.PhoneField: "13800138000",
    fields.PersonNameField: "阿依古丽·方工",
    fields.RepresentativeField: "阿依古丽·方工",
    fields.CompanyField: "方工8厂（演示）A3",
    fields.CreditCodeField: "91330100MABCDEF10F",
    fields.DocumentNumberField: "890101199003078881",
    fields.SmsCodeField: "012345",
    fields.OtpField: "2345ABCDEF",
    NumberField: "3301060012345",
    CheckCodeField: "ABCD2345EFGH6789",
    PlainEmailField: "demo@example.com",
}
ORDINARY = "方工8号A3"


def every_form() -> list[type[forms.BaseForm]]:
    """Return the form classes of our apps, with those that the desk makes of models."""
    # Importing them is what makes the forms known.
    assert urls.urlpatterns
    assert manager_forms.__all__
    ours = {form for form in _below(forms.BaseForm) if form.__module__.split(".")[0] in OURS}
    # Other tests make forms of their own.
    found = {form for form in ours if ".tests." not in form.__module__} | set(_of_the_desk())
    return sorted(found, key=lambda form: (form.__module__, form.__qualname__))


def text_fields() -> list[tuple[str, forms.CharField]]:
    """Return every field into which people type text, with its name; one for each form that has it."""
    return [
        (f"{form.__module__}.{form.__qualname__}.{name}", field)
        for form in every_form()
        for name, field in form.base_fields.items()
        if isinstance(field, forms.CharField) and not isinstance(field, NO_TEXT) and name not in AS_SENT
    ]


def sample(field: forms.CharField) -> str:
    """Return what fits the field, in the plainest form."""
    kinds = [kind for kind in type(field).__mro__ if kind in SAMPLES]
    text = SAMPLES[kinds[0]] if kinds else ORDINARY
    return text[: field.max_length] if field.max_length and not kinds else text


def _below(kind):
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _of_the_desk():
    request = RequestFactory().get("/admin/")
    request.resolver_match = resolve("/admin/")
    request.user = User(phone="19900000000", name="演示主管", role=Role.SUPERVISOR, is_superuser=True)
    for model, desk in admin.site._registry.items():
        if model._meta.app_label not in OURS:
            continue
        if desk.has_add_permission(request):
            yield desk.get_form(request)
            yield desk.get_form(request, change=True)
        for inline in desk.get_inlines(request, request.user):
            yield inline(model, admin.site).get_formset(request).form
