"""Form fields whose text is plain before any validator sees it, and the two ways in which model fields get them."""

from typing import Any

from django import forms
from django.db import models

from bandian.text import plain


class PlainField(forms.CharField):
    """One line; where the widget is a Textarea, a text of several."""

    def make_plain(self, value: str) -> str:
        return plain.text(value) if isinstance(self.widget, forms.Textarea) else plain.line(value)

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        # What holds a NUL is refused whole, by a validator of Django's.
        return value if value in self.empty_values or "\0" in value else self.make_plain(value) or self.empty_value


class PlainEmailField(PlainField, forms.EmailField):
    def make_plain(self, value: str) -> str:
        return plain.compact(value)


# For the attribute `formfield_overrides` of the admin's classes.
OVERRIDES: dict[type[models.Field], dict[str, Any]] = {
    models.CharField: {"form_class": PlainField},
    models.TextField: {"form_class": PlainField},
    models.EmailField: {"form_class": PlainEmailField},
}


def formfield(field: models.Field, **options: Any) -> forms.Field | None:
    """Return the form's field for a model's: the `formfield_callback` of every ModelForm."""
    if not field.choices:
        ways = [way for kind, way in reversed(OVERRIDES.items()) if isinstance(field, kind)]
        options = (ways[0] if ways else {}) | options
    return field.formfield(**options)
