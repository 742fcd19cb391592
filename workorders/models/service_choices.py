"""The choices of what customers say of the service: words in the box, complaints with their turns, calls."""

from typing import Self

from django.db.models import IntegerChoices, TextChoices


class FeedbackKind(TextChoices):
    COMPLAINT = "complaint", "投诉"
    SUGGESTION = "suggestion", "建议"
    QUESTION = "question", "咨询"
    PRAISE = "praise", "表扬"


class Grievance(TextChoices):
    """What a complaint is about, as 12398 counts them."""

    OVERDUE = "overdue", "超时限"
    DESIGNATED = "designated", "三指定（指定设计、施工或供货单位）"
    CHARGES = "charges", "乱收费"
    ATTITUDE = "attitude", "服务态度"
    PAPERS = "papers", "资料反复"
    OTHER = "other", "其他"


class FeedbackState(TextChoices):
    WAITING = "waiting", "待答复"
    ANSWERED = "answered", "已答复"
    SETTLED = "settled", "已办结"


class Level(IntegerChoices):
    """Who answers a complaint; the customer asks for the next one."""

    FIRST = 1, "主管"
    SECOND = 2, "另一位主管"
    HEAD = 3, "区域负责人"


class TurnKind(TextChoices):
    FILED = "filed", "提交"
    ANSWERED = "answered", "答复"
    CONTENT = "content", "客户满意，办结"
    REOPENED = "reopened", "客户要求继续处理"
    RAISED = "raised", "客户要求上一级处理"
    # Somebody of the house was found to be meant: who that is has nothing more to do with it.
    NAMED = "named", "登记被投诉人"
    SETTLED = "settled", "办结"


class Owed(TextChoices):
    """What is owed within a limit beside the steps of an order, with the default in working days."""

    days: int

    # The default is for mypy, to which Owed("complaint") is a call of this.
    def __new__(cls, value: str, days: int = 0) -> Self:
        member = str.__new__(cls, value)
        member._value_, member.days = value, days
        return member

    COMPLAINT = "complaint", 5, "投诉答复"
    # 供电监管办法 art. 26 gives ten for whatever is said.
    FEEDBACK = "feedback", 10, "建议、咨询答复"
    # The utilities promise a call within two working days after the work is done.
    FOLLOW_UP = "follow_up", 2, "归档后回访"


class FollowUpState(TextChoices):
    WAITING = "waiting", "待回访"
    DONE = "done", "已回访"
    DECLINED = "declined", "客户不愿受访"
    UNREACHED = "unreached", "多次未接通"


class CallOutcome(TextChoices):
    REACHED = "reached", "已接通，完成回访"
    NO_ANSWER = "no_answer", "未接通"
    LATER = "later", "已接通，另约时间"
    DECLINED = "declined", "已接通，不愿受访"


class Satisfaction(TextChoices):
    GOOD = "good", "满意"
    FAIR = "fair", "一般"
    POOR = "poor", "不满意"
