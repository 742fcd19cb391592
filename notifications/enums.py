from enum import IntEnum, nonmember

from django.db import models


class Kind(models.TextChoices):
    """What a message is about; the codes stand in the database and in the events that pages hear."""

    SIGN = "sign", "待签文书"
    CORRECTION = "correction", "补正要求"
    TODO = "todo", "待办事项"
    DEADLINE = "deadline", "期限提醒"
    INVITATION = "invitation", "群聊邀请"
    MESSAGE = "message", "群聊消息"
    STEP = "step", "进度通知"
    FEEDBACK = "feedback", "咨询与建议"
    IDENTITY = "identity", "实名认证"
    PRIVACY = "privacy", "个人信息"
    SEAL = "seal", "印章使用提醒"
    REVIEW = "review", "待审核事项"
    TEST = "test", "测试消息"

    # Somebody has to act: such a message goes out by SMS, unless its reader chose otherwise.
    actions = nonmember(("sign", "correction", "todo", "deadline", "invitation", "identity", "review"))
    # Somebody may be acting in the reader's name: at any hour, and nobody can turn it off.
    alerts = nonmember(("seal",))
    # What the page of settings offers; to staff, what they decide on too.
    chosen = nonmember(
        ("sign", "correction", "todo", "deadline", "invitation", "message", "step", "feedback", "identity", "privacy")
    )
    for_staff = nonmember(("review",))


class Channel(models.TextChoices):
    """How a message leaves the house; in the inbox it is in any case."""

    SMS = "sms", "短信"
    PUSH = "push", "浏览器推送"
    SITE = "site", "只在站内"


class DeliveryState(models.TextChoices):
    WAITING = "waiting", "待发送"
    SENT = "sent", "已发送"
    SKIPPED = "skipped", "已读，不必发送"
    FAILED = "failed", "发送失败"


class Close(IntEnum):
    """Why the server closed a socket; the page comes back after all but the first (static/notifications/notices.js)."""

    LOGIN_NEEDED = 4401
    TOO_MUCH = 4429
    CHECK_AGAIN = 1012
    TRY_AGAIN_LATER = 1013
