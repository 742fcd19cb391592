"""Who is who in the demo data: people of every role, the enterprises they file for, and two supply units."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.enums import Role
from accounts.models import Enterprise, ManagerCard, User
from signing.enums import SealKind
from signing.seals import lifecycle
from workorders.demo import people
from workorders.enums import Industry
from workorders.models import AreaRegion, Promise, ServiceArea

PASSWORD = "yanshi-2026"
# Phone numbers of a range that is not given to anyone, so that no message reaches a stranger.
ACCOUNTS = {
    "customer": ("19900000001", "演示客户", Role.CUSTOMER),
    "second": ("19900000002", "演示访客", Role.CUSTOMER),
    "contact": ("19900000003", "演示施工", Role.CONTACT),
    "manager": ("19900000004", "演示经理", Role.MANAGER),
    "other": ("19900000005", "演示同事", Role.MANAGER),
    "supervisor": ("19900000006", "演示主管", Role.SUPERVISOR),
    "head": ("19900000007", "演示负责", Role.SUPERVISOR),
}


@dataclass(frozen=True)
class Company:
    """An invented enterprise; `customer` is a key of ACCOUNTS, or (phone, name) of somebody without a password."""

    serial: int
    name: str
    address: str
    industry: Industry
    customer: str | tuple[str, str]

    @property
    def credit_code(self) -> str:
        return people.credit_code(self.serial)

    @property
    def representative(self) -> str:
        return "演示法人" + "甲乙丙丁戊己庚辛"[self.serial - 1]


MACHINES = Company(1, "演示精密制造有限公司", "演示路 88 号", Industry.C, "customer")
COLD_STORES = Company(2, "演示冷链物流有限公司", "演示大道 16 号", Industry.G, ("19900000021", "演示周宁"))
MATERIALS = Company(3, "演示新材料科技有限公司", "演示科创路 201 号", Industry.C, ("19900000022", "演示吴桐"))
FOODS = Company(4, "演示食品有限公司", "演示北路 7 号", Industry.C, ("19900000023", "演示郑禾"))
TEXTILES = Company(5, "演示纺织有限公司", "演示桥路 35 号", Industry.C, ("19900000024", "演示王锦"))
DATA = Company(6, "演示云计算有限公司", "演示云谷路 9 号", Industry.I, ("19900000025", "演示冯川"))
PACKAGING = Company(7, "演示包装有限公司", "演示工业园 3 号", Industry.C, ("19900000026", "演示陈木"))
WORKSHOP = Company(8, "演示小型加工厂", "演示街 5 号", Industry.C, "second")
COMPANIES = (MACHINES, COLD_STORES, MATERIALS, FOODS, TEXTILES, DATA, PACKAGING, WORKSHOP)


def appear() -> dict[str | Company, User]:
    """Make everybody; return the people by their key in ACCOUNTS, and by the enterprise that they file for."""
    cast: dict[str | Company, User] = {
        key: User.objects.create_user(phone, name, PASSWORD, role=role) for key, (phone, name, role) in ACCOUNTS.items()
    }
    supervisor, head = cast["supervisor"], cast["head"]
    for company in COMPANIES:
        cast[company] = _customer(company, cast)
    for user in {*cast.values()} - {supervisor, head, cast["manager"], cast["other"]}:
        people.verify(user, by=supervisor)
    for kind in SealKind:
        if enterprise := cast[MACHINES].enterprise:
            lifecycle.apply(enterprise, kind=kind, by=cast[MACHINES])
    west = _unit("城西", 9, "3301", cast["manager"], supervisor)
    Promise.objects.create(area=west, days=15)  # more than the rules ask, so that some orders are near its end
    _unit("城东", 10, "330105", cast["other"], supervisor)
    ServiceArea.objects.update(head=head)
    return cast


def _customer(company: Company, cast: Mapping[Any, User]) -> User:
    known = company.customer in cast
    user = cast[company.customer] if known else User.objects.create_user(*company.customer)
    address = f"浙江省杭州市西湖区{company.address}"
    user.enterprise = _enterprise(
        company.name, company.credit_code, company.representative, address, cast["supervisor"]
    )
    user.save(update_fields=["enterprise"])
    return user


def _enterprise(name: str, credit_code: str, representative: str, address: str, supervisor: User) -> Enterprise:
    """Return an enterprise that a supervisor compared with its licence."""
    return Enterprise.objects.create(
        name=name,
        credit_code=credit_code,
        legal_representative=representative,
        address=address,
        verified_at=timezone.now(),
        verified_by=supervisor,
    )


def _unit(side: str, serial: int, prefix: str, manager: User, supervisor: User) -> ServiceArea:
    """Return a supply unit with its manager, whose papers bear the seals of its enterprise."""
    name, code = f"演示供电有限公司{side}分公司", people.credit_code(serial)
    enterprise = _enterprise(name, code, "演示负责人", "浙江省杭州市", supervisor)
    area = ServiceArea.objects.create(
        name=f"演示{side}服务区",
        code=f"3301{serial:03}",
        company=name,
        credit_code=code,
        address=enterprise.address,
        representative=enterprise.legal_representative,
        enterprise=enterprise,
    )
    AreaRegion.objects.create(area=area, prefix=prefix)
    area.managers.add(manager)
    for kind in (SealKind.OFFICIAL, SealKind.CONTRACT):
        lifecycle.apply(enterprise, kind=kind, by=supervisor)
    ManagerCard.objects.create(
        user=manager,
        company=f"演示供电公司{side}服务区",
        employee_number=f"YS{serial:04}",
        mobile=manager.phone,
        philosophy="把客户的事当自己的事，每一步都说到做到。",
    )
    return area
