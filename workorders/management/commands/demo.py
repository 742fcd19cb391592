import io
from contextlib import redirect_stdout

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Enterprise, ManagerCard, User
from signing.enums import SealKind
from signing.seals import lifecycle
from workorders import demo, demo_people, hooks, inputs
from workorders.enums import Stage, State
from workorders.journey import flow
from workorders.models import AreaRegion, ServiceArea, WorkOrder

PASSWORD = "yanshi-2026"
# Phone numbers of a range that is not given to anyone, so that no message reaches a stranger.
PEOPLE = {
    "customer": ("19900000001", "演示客户", Role.CUSTOMER),
    "second": ("19900000002", "演示访客", Role.CUSTOMER),
    "contact": ("19900000003", "演示施工", Role.CONTACT),
    "manager": ("19900000004", "演示经理", Role.MANAGER),
    "other": ("19900000005", "演示同事", Role.MANAGER),
    "supervisor": ("19900000006", "演示主管", Role.SUPERVISOR),
}
# States beside the main road, and how an order gets there.
SIDE_STATES = (State.DRAFT, State.RETURNED, State.TERMINATED)


class Command(BaseCommand):
    """Load people of every role and an order in each state, all by the same steps that people take."""

    help = "Load demo data (演示数据) into an empty database."

    def add_arguments(self, parser):
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there are users already")
        parser.add_argument("--force", action="store_true", help="load into a database that is not empty")

    def handle(self, *args, if_empty, force, **options):
        if not settings.DEBUG:
            raise CommandError("demo data is for development: it needs DEBUG=1.")
        if User.objects.exists() and not force:
            if not if_empty:
                raise CommandError("the database is not empty; --force adds the demo data all the same.")
            self._print_accounts()
            return
        if User.objects.filter(phone__in=[phone for phone, _, _ in PEOPLE.values()]).exists():
            raise CommandError("the demo data is in this database already.")
        # All or nothing; on stdout the console sender would print every text message.
        with redirect_stdout(io.StringIO()), transaction.atomic():
            self._orders(self._people())
        self._print_accounts()

    def _people(self):
        people = {
            key: User.objects.create_user(phone, name, PASSWORD, role=role)
            for key, (phone, name, role) in PEOPLE.items()
        }
        customer, supervisor = people["customer"], people["supervisor"]
        customer.enterprise = self._enterprise(
            "演示精密制造有限公司", "91330100MABCDEF10F", "浙江省杭州市西湖区演示路 88 号", supervisor
        )
        customer.save()
        for kind in SealKind:
            lifecycle.apply(customer.enterprise, kind=kind, by=customer)
        for key in ("customer", "second", "contact"):
            demo_people.verify(people[key], by=people["supervisor"])
        for key, number in (("manager", "YS0001"), ("other", "YS0002")):
            ManagerCard.objects.create(
                user=people[key],
                company="演示供电公司城西服务区（演示）",
                employee_number=number,
                mobile=people[key].phone,
                philosophy="把客户的事当自己的事，每一步都说到做到。",
            )
        west = self._enterprise("演示供电有限公司城西分公司", "91320100MA1DEM0A9A", "浙江省杭州市", supervisor)
        east = self._enterprise("演示供电有限公司城东分公司", "91330100MDEMCD001D", "浙江省杭州市", supervisor)
        self._area("城西供电服务区（演示）", "3301001", west, "3301", people["manager"])
        self._area("城东供电服务区（演示）", "3301002", east, "330105", people["other"])
        return people

    def _enterprise(self, name, credit_code, address, supervisor):
        """Return an enterprise that a supervisor compared with its licence."""
        return Enterprise.objects.create(
            name=name,
            credit_code=credit_code,
            legal_representative="演示法人",
            address=address,
            verified_at=timezone.now(),
            verified_by=supervisor,
        )

    def _area(self, name, code, enterprise, prefix, manager):
        """Make a supply unit whose papers bear the seals of its enterprise."""
        area = ServiceArea.objects.create(
            name=name,
            code=code,
            company=enterprise.name,
            credit_code=enterprise.credit_code,
            address=enterprise.address,
            representative="演示负责人",
            enterprise=enterprise,
        )
        AreaRegion.objects.create(area=area, prefix=prefix)
        area.managers.add(manager)
        for kind in (SealKind.OFFICIAL, SealKind.CONTRACT):
            lifecycle.apply(enterprise, kind=kind, by=enterprise.verified_by)

    def _orders(self, people):
        customer, manager = people["customer"], people["manager"]
        road = [state for state in State if state not in SIDE_STATES]
        for number, state in enumerate(road, start=1):
            self.stdout.write(f"\r演示工单 {number}/{len(road)}：{state.label}　　　　", ending="")
            self.stdout.flush()
            order = demo.start(customer, company=f"演示{state.label[:6]}有限公司", address=f"演示路 {number} 号")
            demo.drive(order, state, manager=manager)
        demo.start(customer, address="演示路 90 号")
        returned = demo.drive(demo.start(customer, address="演示路 91 号"), State.SUBMITTED, manager=manager)
        flow.advance(
            returned, "return_for_correction", inputs.Reason(reason="营业执照照片不清楚，请重新拍摄上传。"), by=manager
        )
        ended = demo.drive(demo.start(customer, address="演示路 92 号"), State.SURVEYING, manager=manager)
        flow.advance(ended, "terminate", inputs.Reason(reason="客户书面申请终止。"), by=manager)
        second = demo.start(people["second"], company="演示小型加工厂", address="演示街 5 号", capacity=400)
        second = demo.drive(second, State.CONTRACT_OPEN, manager=manager, short=True)
        demo.attach_needed(second, Stage.CONTRACT)
        flow.advance(second, "sign_contract", inputs.ContractScan(), by=people["second"])
        sealed = demo.start(customer, address="演示路 94 号")
        demo.seal_contract(demo.drive(sealed, State.CONTRACT_OPEN, manager=manager, short=True))
        rounds = demo.start(customer, company="演示二次送审有限公司", address="演示路 93 号")
        demo.drive(rounds, State.DESIGN_OPINION_SIGNED, manager=manager, failed={"issue_design_opinion"})
        hooks.demo(list(WorkOrder.objects.filter(customer=customer, manager=manager)), people["contact"])
        self.stdout.write("\r" + " " * 60 + "\r", ending="")

    def _print_accounts(self):
        self.stdout.write(f"演示账号（密码都是 {PASSWORD}）：")
        for phone, name, role in PEOPLE.values():
            self.stdout.write(f"  {phone}  {name}  {role.label}")
