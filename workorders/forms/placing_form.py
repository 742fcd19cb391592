"""The form under a paper that is looked at before it is issued: which draft it is, and where each party signs."""

import math
from typing import Any
from uuid import UUID

from django import forms
from django.core.signing import Signer
from django.http import QueryDict
from django.utils.crypto import constant_time_compare

from bandian.web.posting import FORM_TOKEN, KEPT_FILES
from signing.enums import Role
from signing.models import Seal
from signing.pdf.boxes import Placed
from workorders.journey.supplier_seals import Terms
from workorders.models import WorkOrder

_CHANGED = "表单内容在预览之后有改动，请重新预览后再签发。"
_OTHER_SEAL = "可用的印章在预览之后有变化，请重新预览后再签发。"
_BROKEN = "签署位置不完整，请重新预览后再签发。"
# What the page of the places adds to what was typed on the page of the step.
_OWN_NAMES = {"csrfmiddlewaretoken", FORM_TOKEN, KEPT_FILES, "draft", "sha256", "token", "own", "back"}


class PlacesForm(forms.Form):
    """The draft that was shown, and a box {role: (page from 0, left, top, right, bottom)} in fractions for each signer.

    The token holds draft, order, step, seal and answers together: what is issued is what was shown.
    """

    data: QueryDict

    draft = forms.UUIDField()
    sha256 = forms.CharField(max_length=64)
    token = forms.CharField(max_length=100)

    def __init__(self, data: QueryDict, *, order: WorkOrder, step: str, terms: Terms) -> None:
        super().__init__(data)
        self.order, self.step, self.terms = order, step, terms
        self.signers = [Role(role) for role in terms.signers]
        for role in self.signers:
            self.fields[f"place_{role}"] = forms.CharField(max_length=200)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if {name for name in self.data if name.startswith("place_")} != {f"place_{role}" for role in self.signers}:
            raise forms.ValidationError(_OTHER_SEAL)
        if self.errors:
            raise forms.ValidationError(_BROKEN)
        expected = token(self.data, draft=cleaned["draft"], order=self.order, step=self.step, seal=self.terms.seal)
        if not constant_time_compare(cleaned["token"], expected):
            raise forms.ValidationError(_CHANGED)
        cleaned["placed"] = {role.value: _place(cleaned[f"place_{role}"]) for role in self.signers}
        return cleaned


def typed(data: QueryDict) -> list[tuple[str, str]]:
    """Return what was typed on the page of the step, name by name, to be sent along."""
    names = [name for name in data if name not in _OWN_NAMES and not name.startswith("place_")]
    return [(name, value) for name in sorted(names) for value in data.getlist(name)]


def token(data: QueryDict, *, draft: UUID, order: WorkOrder, step: str, seal: Seal | None) -> str:
    facts = (str(draft), str(order.pk), step, str(seal and seal.pk), typed(data))
    return Signer(salt="workorders.draft").signature(repr(facts))


def written(place: Placed) -> str:
    """Return a place as the page sends it."""
    page, *rectangle = place
    return ",".join([str(page), *(f"{value:.6f}" for value in rectangle)])


def _place(text: str) -> Placed:
    try:
        page, *rectangle = text.split(",")
        left, top, right, bottom = map(float, rectangle)
        number = int(page)
    except ValueError as error:
        raise forms.ValidationError(_BROKEN) from error
    if not all(map(math.isfinite, (left, top, right, bottom))):
        raise forms.ValidationError(_BROKEN)
    return number, left, top, right, bottom
