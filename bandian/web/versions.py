"""Which state of a row a form was filled in from: one keyed hash per field, so that a change made elsewhere has a name.

The form sends it back as `version`; a row that two edit at once then shows the later one both texts.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.forms.models import model_to_dict

from bandian.db.crypto import Encrypted
from bandian.web import review

FIELD = "version"


def facts_of(instance: Model, names: Iterable[str]) -> dict[str, str]:
    """Return what stands in the fields of a row, as text."""
    return {name: text_of(value) for name, value in model_to_dict(instance, fields=[*names]).items()}


def changed_elsewhere(
    facts: Mapping[str, str], form: forms.BaseForm, typed: Mapping[str, Any] | None = None, *, needed: bool = False
) -> list[str]:
    """Return the names of what has changed since a form was made, and is not what stands in it anyway.

    `typed` holds what is no field of it. A form without a version says nothing of it, unless it is `needed`: then it
    saw nothing.
    """
    seen = form.data.get(FIELD, "")
    names = review.differing(facts, seen) if seen or needed else []
    if not names:
        return []
    form.is_valid()  # within its own clean() this asks for nothing more
    typed = form.cleaned_data | dict(typed or {})
    return [name for name in names if name not in typed or text_of(typed[name]) != facts[name]]


def show_both(
    form: forms.ModelForm, stored: Model, names: Iterable[str], said: Mapping[str, tuple[str, str]] | None = None
) -> None:
    """Say at each field what stands there now, beside what was typed; another press takes what was typed.

    `said` holds label and text of what is no field of the row: {name: (label, text)}.
    """
    for name in names:
        if name in form.fields:
            form.add_error(name, f"这一项刚刚在别处改成了“{_shown(stored, name)}”，您填写的还没有保存。")
        else:
            label, text = (said or {}).get(name) or (name, "新的内容")
            form.add_error(None, f"{label}刚刚在别处改成了：{text}。您填写的还没有保存。")
    form.add_error(None, "您打开这一页之后，有内容在别处改过。请对照标出的各项，改成您要的内容，再点一次即保存。")


def text_of(value: Any) -> str:
    """Return a value of a form or of a row as text by which two are compared."""
    if isinstance(value, list | tuple | QuerySet):
        return ",".join(sorted(str(getattr(each, "pk", each)) for each in value))
    return "" if value is None else str(value)


def _shown(stored: Model, name: str) -> str:
    column, value = stored._meta.get_field(name), getattr(stored, name)
    if isinstance(column, Encrypted):
        return "另一个号码"
    if column.many_to_many:
        return "、".join(map(str, value.all())) or "空"
    if isinstance(value, bool):
        return "是" if value else "否"
    if value in ("", None):
        return "空"
    display = getattr(stored, f"get_{name}_display", None)
    return str(display() if display else value)
