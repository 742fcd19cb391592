"""The cast: who is who in the tests, and orders in any state."""

import pytest
from django.db import transaction

from accounts.enums import Role
from accounts.identity import claims
from accounts.models import Enterprise, ManagerCard, User
from signing.enums import SealKind, SealOrigin, SealState
from signing.models import Seal
from signing.services import issue
from signing.tests import making
from workorders.contract.tests.contracts import propose
from workorders.demo import driver, people
from workorders.enums import PaperKind, State
from workorders.models import Application, AreaRegion, DailyCounter, Paper, ServiceArea, WorkOrder

PASSWORD = "yanshi-2026"
# What `driver.start` declares.
CREDIT_CODE = "91330100MABCDEF10F"


@pytest.fixture
def customer(db):
    user = User.objects.create_user("19900000011", "演示客户", PASSWORD)
    people.verify(user)
    return user


@pytest.fixture
def colleague(db):
    """The handling person: has the phone that the application names, but did not file it."""
    user = User.objects.create_user("19900000012", "演示经办", PASSWORD)
    people.verify(user)
    return user


@pytest.fixture
def outsider(db):
    user = User.objects.create_user("19900000013", "演示路人", PASSWORD)
    people.verify(user)
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
        order = driver.start(customer, **answers)
        return driver.drive(order, state, manager=manager, short=short, failed=failed)

    return make


@pytest.fixture
def enterprise(customer):
    """The customer's enterprise, the one that `make_contract` makes contracts with."""
    customer.enterprise = Enterprise.objects.create(
        name="演示精密制造有限公司", credit_code=CREDIT_CODE, legal_representative="演示法人", address="演示路 88 号"
    )
    customer.save()
    return customer.enterprise


@pytest.fixture
def make_seal(customer):
    """Return a function that verifies an enterprise and gives it a valid seal drawn by the system."""

    def make(enterprise, kind=SealKind.CONTRACT):
        claims.verify_enterprise(enterprise, by=customer)
        return Seal.objects.create(
            enterprise=enterprise,
            kind=kind,
            origin=SealOrigin.GENERATED,
            text=enterprise.name,
            sha256="0" * 64,
            state=SealState.VALID,
            applied_by=customer,
        )

    return make


@pytest.fixture
def make_contract(customer, enterprise, manager, area):
    """Return a function that makes an order whose small contract waits for `signers`; quicker than `make_order`."""

    @transaction.atomic
    def make(*signers, pages=1):
        order = WorkOrder.objects.create(
            customer=customer,
            manager=manager,
            service_area=area,
            state=State.CONTRACT_OPEN,
            number=DailyCounter.draw("order"),
            account_number="7" + DailyCounter.draw("account"),
        )
        Application.objects.create(order=order, company=enterprise.name, credit_code=CREDIT_CODE, supply_mode="single")
        lines = ((70, 300, "客户签字："), (330, 300, "供电企业签章："))
        document = issue(
            making.paper(lines, pages=pages), title="高压供用电合同", signers=signers or ("customer",), by=manager
        )
        Paper.objects.create(order=order, kind=PaperKind.CONTRACT, round=1, document=document, issued_by=manager)
        return order

    return make


@pytest.fixture
def browser_of(client):
    """Return a function that logs a client in as a user."""

    def log_in(user):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return log_in


@pytest.fixture
def contract_order(make_contract):
    return make_contract()


@pytest.fixture
def seal(make_seal, enterprise):
    return make_seal(enterprise)


@pytest.fixture
def proposal(contract_order, seal, customer):
    """The customer's preview on `contract_order`."""
    return propose(contract_order, seal, customer)


@pytest.fixture
def http(browser_of, customer):
    return browser_of(customer)
