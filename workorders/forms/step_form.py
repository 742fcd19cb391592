from django import forms


class StepForm(forms.Form):
    """A manager's step; it knows the order and who acts."""

    def __init__(self, *args, order, user, **kwargs):
        self.order, self.user = order, user
        super().__init__(*args, **kwargs)
