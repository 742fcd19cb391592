"""Who a user is, by which document, what codes sent by SMS are for, what people consent to, how names are checked."""

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
    CONFIRM = "confirm", "身份确认"
    PHONE = "phone", "更换手机号"
    SIGN = "sign", "签署确认"
    JOIN = "join", "加入群聊"

    # Sent to a phone that must not have an account yet.
    to_new_phones = nonmember(("register", "phone", "join"))
    # Asked for within a session, and sent to its account's own phone.
    to_own_phone = nonmember(("confirm", "sign"))


class ConsentKind(TextChoices):
    TERMS = "terms", "服务条款和个人信息保护说明"
    SENSITIVE = "sensitive", "处理身份证件号码（敏感个人信息）"
    SHARING = "sharing", "向设计、施工联系人提供联系方式"


class IdDocument(TextChoices):
    RESIDENT = "resident", "居民身份证"
    PASSPORT = "passport", "护照"
    HK_MACAO = "hk_macao", "港澳居民来往内地通行证"
    TAIWAN = "taiwan", "台湾居民来往大陆通行证"
    PERMANENT = "permanent", "外国人永久居留身份证"


class IdentityProvider(TextChoices):
    REVIEW = "review", "人工审核"
    HTTP = "http", "联网核验"


class IdentityStatus(TextChoices):
    PENDING = "pending", "待审核"
    APPROVED = "approved", "已通过"
    REJECTED = "rejected", "未通过"
