from django import forms


class PageForm(forms.Form):
    """Which page of the inbox: the one that follows the message `before`."""

    before = forms.UUIDField(required=False)
