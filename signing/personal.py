"""Seals as personal data: see accounts.privacy.personal_data.

A seal that was used, and the papers that prove the right to it, are kept with what it stands on (电子签名法 art. 24:
five years at least); papers of a seal that never was go with the account.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import PurePath
from typing import Any

from django.core.files.base import File
from django.db import transaction

from accounts.models import User
from files import previews
from signing.enums import SealState
from signing.models import Seal, SealPaper
from signing.seals import lifecycle


def export(user: User) -> dict[str, Any]:
    applied = Seal.objects.filter(applied_by=user).prefetch_related("events__by")
    return {"印章": [_seal(seal) for seal in applied]}


def files(user: User) -> Iterator[tuple[str, File]]:
    for paper in SealPaper.objects.filter(seal__applied_by=user).select_related("seal"):
        name = f"{paper.get_kind_display()}-{str(paper.pk)[:8]}{PurePath(paper.original_name).suffix}"
        yield f"印章 {paper.seal.get_kind_display()} {str(paper.seal_id)[:8]}/{name}", paper.file


def refusal(user: User) -> str:
    count = Seal.objects.of(user).filter(state__in=SealState.open_states).count()
    if not count or User.objects.filter(enterprise=user.enterprise, is_active=True).exclude(pk=user.pk).exists():
        return ""
    return f"贵单位还有 {count} 枚有效或待审核的印章，您是唯一的用户，请先在【印章注销】中注销。"


def erase(user: User) -> None:
    done = SealPaper.objects.filter(seal__applied_by=user).exclude(seal__state__in=SealState.open_states)
    for paper in done.exclude(seal__events__label=lifecycle.USED):
        paper.delete()
        transaction.on_commit(partial(paper.file.delete, save=False), robust=True)
        transaction.on_commit(partial(previews.forget, paper.sha256), robust=True)


def _seal(seal: Seal) -> dict[str, Any]:
    return {
        "印章": str(seal),
        "状态": seal.get_state_display(),
        "申请时间": seal.applied_at,
        "记录": [
            {"时间": event.at, "办理人": event.by.name, "事项": event.label, "说明": event.note}
            for event in seal.events.all()
        ],
    }
