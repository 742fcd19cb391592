"""The cast: who is who in the tests, and orders in any state."""

import uuid

import pytest
from django.db import transaction

from accounts.enums import Role
from accounts.identity import claims
from accounts.models import Enterprise, ManagerCard, User
from bandian.tests import again
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
STATES = list(State)
# After which state an order shows what was chosen for it: a short road, and opinions that fail.
CHOSEN = {
    "short": STATES.index(State.SURVEYING),
    "issue_design_opinion": STATES.index(State.DESIGN_SUBMITTED),
    "issue_mid_notice": STATES.index(State.MID_SUBMITTED),
    "issue_completion_opinion": STATES.index(State.COMPLETION_SUBMITTED),
}


def known(name):
    """Return an id that is the same in every test, so that what was made with it once fits into the next world."""
    return uuid.uuid5(uuid.NAMESPACE_OID, name)


def person(phone, name, **fields):
    return User.objects.create_user(phone, name, PASSWORD, id=known(phone), **fields)


@pytest.fixture
def customer(db):
    user = person("19900000011", "演示客户")
    people.verify(user)
    return user


@pytest.fixture
def colleague(db):
    """The handling person: has the phone that the application names, but did not file it."""
    user = person("19900000012", "演示经办")
    people.verify(user)
    return user


@pytest.fixture
def outsider(db):
    user = person("19900000013", "演示路人")
    people.verify(user)
    return user


@pytest.fixture
def contact(db):
    return person("19900000014", "演示施工", role=Role.CONTACT)


@pytest.fixture
def manager(db):
    user = person("19900000015", "演示经理", role=Role.MANAGER)
    ManagerCard.objects.create(user=user, company="演示供电公司", employee_number="YS01", mobile=user.phone)
    return user


@pytest.fixture
def far_manager(db):
    """A manager of another service area."""
    return person("19900000016", "演示远方", role=Role.MANAGER)


@pytest.fixture
def supervisor(db):
    return person("19900000017", "演示主管", role=Role.SUPERVISOR)


@pytest.fixture
def area(manager, far_manager):
    def build(name, code, prefix, *managers):
        area = ServiceArea.objects.create(
            id=known(code),
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
        here, asked, target = again.World(), repr(sorted(answers.items())), STATES.index(state)

        def name(place):
            """Name an order by its answers, its state, and what was chosen on the road to there."""
            chosen = {"short"} if short else set()
            chosen |= set(failed)
            return "order", asked, STATES[place], sorted(step for step in chosen if CHOSEN[step] < place)

        for place in range(target, -1, -1):
            if made := here.put_back(name(place)):
                order = WorkOrder.objects.get(pk=made.value)
                break
        else:
            place, order = -1, driver.start(customer, **answers)
        still = [step for step in failed if CHOSEN[step] >= place]
        for passed in driver.walk(order, state, manager=manager, short=short, failed=still):
            reached = STATES.index(passed.state)
            if reached > place:  # not in a second round
                place = reached
                here.keep(name(place), order.pk)
        here.keep(name(target), order.pk)
        return WorkOrder.objects.get(pk=order.pk)

    return make


@pytest.fixture
def enterprise(customer):
    """The customer's enterprise, the one that `make_contract` makes contracts with."""
    customer.enterprise = Enterprise.objects.create(
        id=known(CREDIT_CODE),
        name="演示精密制造有限公司",
        credit_code=CREDIT_CODE,
        legal_representative="演示法人",
        address="演示路 88 号",
    )
    customer.save()
    return customer.enterprise


@pytest.fixture
def make_seal(customer):
    """Return a function that verifies an enterprise and gives it a valid seal drawn by the system."""

    def make(enterprise, kind=SealKind.CONTRACT):
        claims.verify_enterprise(enterprise, by=customer)
        return Seal.objects.create(
            id=known(f"seal {Seal.objects.count()}"),
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

    def make(*signers, pages=1):
        pk = again.again(("contract", signers, pages), lambda: put_up(signers or ("customer",), pages))
        return WorkOrder.objects.get(pk=pk)

    @transaction.atomic
    def put_up(signers, pages):
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
        document = issue(making.paper(lines, pages=pages), title="高压供用电合同", signers=signers, by=manager)
        Paper.objects.create(order=order, kind=PaperKind.CONTRACT, round=1, document=document, issued_by=manager)
        return order.pk

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
