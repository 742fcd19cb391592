"""The cast: who is who in the tests, and orders in any state."""

import pytest

from accounts.enums import Role
from accounts.models import ManagerCard, User
from workorders import demo, demo_people
from workorders.enums import State
from workorders.models import AreaRegion, ServiceArea

PASSWORD = "yanshi-2026"


@pytest.fixture
def customer(db):
    user = User.objects.create_user("19900000011", "演示客户", PASSWORD)
    demo_people.verify(user)
    return user


@pytest.fixture
def colleague(db):
    """The handling person: has the phone that the application names, but did not file it."""
    user = User.objects.create_user("19900000012", "演示经办", PASSWORD)
    demo_people.verify(user)
    return user


@pytest.fixture
def outsider(db):
    user = User.objects.create_user("19900000013", "演示路人", PASSWORD)
    demo_people.verify(user)
    return user


@pytest.fixture
def contact(db):
    return User.objects.create_user("19900000014", "演示施工", PASSWORD, role=Role.CONTACT)


@pytest.fixture
def manager(db):
    user = User.objects.create_user("19900000015", "演示经理", PASSWORD, role=Role.MANAGER)
    ManagerCard.objects.create(user=user, company="演示供电公司", employee_number="YS01", mobile=user.phone)
    return user


@pytest.fixture
def far_manager(db):
    """A manager of another service area."""
    return User.objects.create_user("19900000016", "演示远方", PASSWORD, role=Role.MANAGER)


@pytest.fixture
def supervisor(db):
    return User.objects.create_user("19900000017", "演示主管", PASSWORD, role=Role.SUPERVISOR)


@pytest.fixture
def area(manager, far_manager):
    def build(name, code, prefix, *managers):
        area = ServiceArea.objects.create(
            name=name,
            code=code,
            company=f"演示{name}供电公司",
            credit_code="91320100MA1DEM0A9A",
            address="浙江省杭州市",
            representative="演示负责人",
        )
        AreaRegion.objects.create(area=area, prefix=prefix)
        area.managers.set(managers)
        return area

    build("城东", "3301002", "330105", far_manager)
    return build("城西", "3301001", "3301", manager)


@pytest.fixture
def make_order(customer, manager, area):
    """Return a function that makes an order and drives it through the flow to a state."""

    def make(state=State.SUBMITTED, *, short=False, failed=(), **answers):
        order = demo.start(customer, **answers)
        return demo.drive(order, state, manager=manager, short=short, failed=failed)

    return make


@pytest.fixture
def browser_of(client):
    """Return a function that logs a client in as a user."""

    def log_in(user):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return log_in
