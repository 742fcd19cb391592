"""Forms that gather the input of a step."""

from dataclasses import fields
from typing import Any

from django import forms

from accounts.models import User
from workorders import inputs
from workorders.limits import calendar
from workorders.models import WorkOrder


class InputForm(forms.Form):
    """What is typed goes into the input's fields of the same names, and is held against the input's own rules."""

    makes = inputs.Nothing

    def given(self, **more: Any) -> inputs.Given:
        """Return the input of a valid form; `more` is what was not typed."""
        names = {each.name for each in fields(self.makes)}
        typed = {name: value for name, value in self.cleaned_data.items() if name in names}
        return self.makes(**typed | more)

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.errors:
            try:
                self.given().clean(calendar.works)
            except forms.ValidationError as error:
                self.add_error(None, error)


class StepForm(InputForm):
    """A manager's step; it knows the order and who acts."""

    def __init__(self, *args: Any, order: WorkOrder, user: User, **kwargs: Any) -> None:
        self.order, self.user = order, user
        super().__init__(*args, **kwargs)
