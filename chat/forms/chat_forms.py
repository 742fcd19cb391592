"""What pages of the chat send."""

from typing import Any
from uuid import UUID

from django import forms

from accounts.forms.fields import PersonNameField, PhoneField
from bandian.text.fields import PlainField
from bandian.web.searching import SearchField
from chat.enums import MemberRole
from chat.exceptions import ChatError
from chat.models import Message

TOO_LONG = f"内容超过 {Message.MAX_LENGTH:,} 字，请分几条发送。"


class _IdsField(forms.Field):
    """A few ids of users in hex, or "all"."""

    widget = forms.SelectMultiple
    MOST = 100

    def to_python(self, value: Any) -> tuple[str, ...]:
        return tuple(str(each)[:32] for each in (value or ())[: self.MOST])


class MessageForm(forms.Form):
    uuid = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": "页面已过期，请刷新后重试。"})
    body = PlainField(
        label="消息",
        max_length=Message.MAX_LENGTH,
        strip=False,
        error_messages={"required": "请输入内容再发送。", "max_length": TOO_LONG},
        widget=forms.Textarea(attrs={"rows": 1, "placeholder": "输入消息", "enterkeyhint": "send"}),
    )
    reply_to = forms.UUIDField(required=False, widget=forms.HiddenInput)
    mentions = _IdsField(required=False)

    def checked(self) -> dict[str, Any]:
        """Return what was sent; raises ChatError that says what is wrong with it."""
        return _checked(self)


class FileForm(forms.Form):
    """A file with a few words; the file itself is checked by chat.messaging.attachments."""

    uuid = forms.UUIDField(error_messages={"required": "页面已过期，请刷新后重试。"})
    file = forms.FileField(
        allow_empty_file=True, max_length=1000, error_messages={"required": "请选择文件。", "invalid": "请选择文件。"}
    )

    def checked(self) -> dict[str, Any]:
        return _checked(self)


class SyncForm(forms.Form):
    after = forms.IntegerField(min_value=0, max_value=2**31 - 1)


class HistoryForm(forms.Form):
    """One of the three says which page."""

    before = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    after = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    around = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)


class ReadForm(forms.Form):
    seq = forms.IntegerField(min_value=0, max_value=2**31 - 1)


class RecallForm(forms.Form):
    reason = PlainField(label="撤回原因", max_length=100, required=False)


class OriginalForm(forms.Form):
    reason = PlainField(label="查看原因", max_length=200, error_messages={"required": "请写明查看的原因。"})


class SearchForm(forms.Form):
    q = SearchField(label="搜索聊天记录", max_length=50)

    def __init__(self, *args: Any, whose: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].whose = whose


class InviteForm(forms.Form):
    role = forms.ChoiceField(
        label="身份",
        choices=[(role.value, role.label) for role in map(MemberRole, MemberRole.contacts)],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择对方的身份。"},
    )
    name = PersonNameField(label="姓名")
    phone = PhoneField(label="手机号", help_text="对方用这个手机号验证后加入，不能换号")


class ReplyForm(forms.Form):
    text = PlainField(label="快捷回复", max_length=200)


def _checked(form: forms.Form) -> dict[str, Any]:
    if form.is_valid():
        return form.cleaned_data
    words = [word for errors in form.errors.values() for word in errors]
    raise ChatError("invalid", str(words[0]))
