from enum import IntEnum, nonmember

from django.db import models


class Kind(models.TextChoices):
    """What a message is about; the codes stand in the database and in the events that pages hear."""

    MESSAGE = "message", "群聊消息"
    STEP = "step", "进度通知"
    SIGN = "sign", "待签文书"
    RETURNED = "returned", "退回补正"
    SUPPLEMENT = "supplement", "资料补充"
    TODO = "todo", "待办事项"
    INVITATION = "invitation", "群聊邀请"
    DEADLINE = "deadline", "期限提醒"
    SEAL = "seal", "印章"
    IDENTITY = "identity", "实名认证"
    PRIVACY = "privacy", "个人信息"
    FEEDBACK = "feedback", "咨询与建议"
    TEST = "test", "测试消息"

    # Somebody has to act, so that they also go out by SMS.
    actions = nonmember((SIGN, RETURNED, SUPPLEMENT, TODO, INVITATION, DEADLINE))


class Close(IntEnum):
    """Why the server closed a socket; the page comes back after all but the first (static/js/notices.js)."""

    LOGIN_NEEDED = 4401
    TOO_MUCH = 4429
    CHECK_AGAIN = 1012
    TRY_AGAIN_LATER = 1013
