"""The account as personal data: see accounts.privacy.personal_data."""

import contextlib
import secrets
from collections.abc import Iterable
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.core.files.base import File
from django.db.models import ProtectedError

from accounts.identity import id_photos
from accounts.identity.claims import real_name_of
from accounts.keeping import kept
from accounts.login import sessions
from accounts.models import Enterprise, PhoneCode, User

CLOSED_NAME = "已注销用户"
# 154 is given to no operator: a number that passes every check of form and rings nobody's phone.
CLOSED_PREFIX = "154"


def export(user: User) -> dict[str, Any]:
    record, enterprise = real_name_of(user), user.enterprise
    return {
        "账号": {
            "手机号": user.phone,
            "姓名": user.name,
            "角色": user.get_role_display(),
            "注册时间": user.date_joined,
            "同意条款时间": user.consented_at,
            "最近登录": user.last_login,
        },
        "企业": enterprise
        and {
            "名称": enterprise.name,
            "统一社会信用代码": enterprise.credit_code,
            "法定代表人": enterprise.legal_representative,
            "地址": enterprise.address,
        },
        "实名认证": record
        and {
            "姓名": record.name,
            "证件": record.document,
            "状态": record.get_status_display(),
            "提交时间": record.submitted_at,
            "证件照片": id_photos.facts(user)[0] or "没有，或已按规定删除",
        },
        "同意记录": [
            {"事项": row.get_kind_display(), "版本": row.version, "同意": row.given_at, "撤回": row.withdrawn_at}
            for row in user.consents.all()
        ],
        "待提交的表单": kept.of_person(user),
        "证件号码查看记录": [
            {"时间": row.at, "查看人": row.by.name, "原因": row.reason}
            for row in user.identity_readings.select_related("by")
        ],
    }


def files(user: User) -> Iterable[tuple[str, File]]:
    return ()


def refusal(user: User) -> str:
    return "员工账号由主管停用，不能自行注销。" if user.is_staff else ""


def erase(user: User) -> None:
    """Empty the account; its row stays, because signatures and events point to it."""
    PhoneCode.objects.filter(phone=user.phone).delete()
    for log in (AccessAttempt, AccessFailureLog, AccessLog):
        log.objects.filter(username=user.phone).delete()
    LogEntry.objects.filter(content_type__app_label="accounts", object_id=str(user.pk)).update(object_repr=CLOSED_NAME)
    user.consents.all().delete()
    user.kept_forms.all().delete()
    sessions.end_all(user)
    id_photos.forget(user)
    if record := real_name_of(user):
        record.delete()
    enterprise, user.enterprise = user.enterprise, None
    user.name, user.phone, user.is_active = CLOSED_NAME, _free_number(), False
    user.consented_at = user.last_login = None
    user.set_unusable_password()
    user.save()
    if enterprise and not enterprise.users.exists():
        with contextlib.suppress(ProtectedError):  # signatures and seals are kept, and whose they are
            Enterprise.objects.filter(pk=enterprise.pk).delete()


def _free_number() -> str:
    while True:
        number = f"{CLOSED_PREFIX}{secrets.randbelow(10**8):08d}"
        if not User.objects.filter(phone=number).exists():
            return number
