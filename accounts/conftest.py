import pytest

from accounts.enums import Role
from accounts.models import Enterprise, User

PASSWORD = "梧桐树下 42 只猫"


@pytest.fixture
def enterprise(db):
    return Enterprise.objects.create(
        name="示例机械有限公司",
        credit_code="91110105MA0DEM013Y",
        legal_representative="王建国",
        address="北京市朝阳区示例路 1 号",
    )


@pytest.fixture
def customer(enterprise):
    return User.objects.create_user("13800138000", "李晓明", PASSWORD, enterprise=enterprise)


@pytest.fixture
def outsider(db):
    return User.objects.create_user("13900139000", "赵强", PASSWORD)


@pytest.fixture
def manager(db):
    return User.objects.create_user("13700137000", "陈静", PASSWORD, role=Role.MANAGER)


@pytest.fixture
def supervisor(db):
    return User.objects.create_user("13600136000", "周敏", PASSWORD, role=Role.SUPERVISOR)
