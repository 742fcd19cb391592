"""Who a user is, and what a code sent by SMS may be used for."""

from enum import nonmember

from django.db.models import TextChoices


class Role(TextChoices):
    CUSTOMER = "customer", "客户"
    CONTACT = "contact", "设计/施工单位对接人"
    MANAGER = "manager", "客户经理"
    SUPERVISOR = "supervisor", "主管"

    staff_roles = nonmember(("manager", "supervisor"))


class CodePurpose(TextChoices):
    REGISTER = "register", "注册"
    LOGIN = "login", "登录"
    RESET = "reset", "重置密码"
