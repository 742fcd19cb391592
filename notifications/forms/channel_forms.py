from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from notifications.enums import Channel, Kind
from notifications.models import PushSubscription
from notifications.outbox import push


class PreferencesForm(forms.Form):
    """One field per kind: how its messages leave the house."""

    def __init__(self, *args: Any, chosen: Mapping[str, str], is_staff: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in map(Kind, (*Kind.chosen, *(Kind.for_staff if is_staff else ()))):
            is_action = kind in Kind.actions
            channels = Channel if is_action else (Channel.PUSH, Channel.SITE)
            self.fields[kind.value] = forms.ChoiceField(
                label=kind.label,
                choices=[(channel.value, channel.label) for channel in channels],
                initial=chosen.get(kind.value, Channel.SMS if is_action else Channel.PUSH),
            )


class SubscriptionForm(forms.ModelForm):
    """What a browser says of its push subscription."""

    class Meta:
        model = PushSubscription
        fields = ["endpoint", "p256dh", "auth"]

    def validate_unique(self) -> None:
        """A browser may subscribe again: its row is renewed."""

    def clean_endpoint(self) -> str:
        endpoint = self.cleaned_data["endpoint"]
        if not push.is_known_service(endpoint):
            raise ValidationError("此浏览器的推送服务不在支持范围内，请换用其他浏览器；重要事项仍会发短信。")
        return endpoint

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if "p256dh" in data and "auth" in data:
            push.check_keys(data["p256dh"], data["auth"])
        return data


class EndpointForm(forms.Form):
    endpoint = forms.CharField(max_length=500)
