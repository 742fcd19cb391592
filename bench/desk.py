"""How the desk and the customer's home fare as the archive grows: dev.py bench desk [sizes].

On PostgreSQL with 1,000, 100,000 and 1,000,000 orders, each in a database of its own with a process of its own that
answers one request after the other in turn with the others. What is under way is bounded by the people who work on it,
so 600 orders are open in each; the rest is archived. One JSON object a line: the 95th percentile of a page in ms with
the most orders (ours) and with the fewest (baseline).
"""

import json
import os
import random
import subprocess
import sys
import time
from statistics import quantiles
from urllib.parse import urlsplit

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bandian.settings")
os.environ["DEBUG"] = "1"
django.setup()

from django.conf import settings  # noqa: E402 - needs the settings
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from django.urls import reverse  # noqa: E402

from accounts.enums import Role  # noqa: E402
from accounts.models import User  # noqa: E402
from workorders import search  # noqa: E402
from workorders.demo import driver, people  # noqa: E402
from workorders.enums import State  # noqa: E402
from workorders.models import Application, AreaRegion, ServiceArea, WorkOrder  # noqa: E402

SIZES = (1_000, 100_000, 1_000_000)
OPEN, AREAS, NAMES, ROUNDS = 600, 10, 2_000, 100
GOAL = 1.2
BACKEND = "django.contrib.auth.backends.ModelBackend"


def hire():
    """Make a supervisor, areas with two managers each, and customers; return (supervisor, managers, customers)."""
    supervisor = User.objects.create_user("19900000900", "演示主管", role=Role.SUPERVISOR)
    managers = [User.objects.create_user(f"199000010{n:02}", "演示经理", role=Role.MANAGER) for n in range(2 * AREAS)]
    for number in range(AREAS):
        area = ServiceArea.objects.create(
            name=f"演示{number}区", code=f"33{number:03}", company="演示供电公司", credit_code="91320100MA1DEM0A9A",
            address="浙江省杭州市", representative="演示负责人",
        )  # fmt: skip
        area.managers.set(managers[2 * number : 2 * number + 2])
    AreaRegion.objects.create(area=ServiceArea.objects.order_by("code").first(), prefix="33")
    customers = [User.objects.create_user(f"1990001{n:04}", "演示客户") for n in range(1_000)]
    people.verify(customers[0], by=supervisor)
    return supervisor, managers, customers


def names():
    """Fill a temporary table with companies and addresses, and the pairs of characters that a search goes by."""
    draw = random.Random(5)
    signs = "华东方宏远新兴泰安康达精密机械电子纺织化工食品建材物流包装五金塑料汽车零部件制药轻工光伏储能冷链印染"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE name (n int PRIMARY KEY, company text, address text, words text)")
        for number in range(NAMES):
            company = "演示" + "".join(draw.sample(signs, 5)) + "有限公司"
            address = f"演示{draw.choice(signs)}{draw.choice(signs)}路{number}号"
            row = [number, company, address, search.words(company, address)]
            cursor.execute("INSERT INTO name VALUES (%s, %s, %s, %s)", row)


def copy(model, template, count, **changed):
    """Insert `count` copies of a row with SQL expressions of n for the columns named in `changed`."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    columns = [field.column for field in fields]
    values = [changed.get(field.name, f"t.{field.column}") for field in fields]
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table} t, "
            f"generate_series({count[0]}, {count[1]}) s(n) JOIN name ON name.n = s.n %% {NAMES} WHERE t.{key} = %s",
            [template.pk],
        )


def fill(template, first, last, people_at_work):
    """Add the orders number `first` to `last`: open ones first, archived ones after them."""
    _, managers, customers = people_at_work
    ids = "md5('order' || s.n)::uuid"
    areas = list(ServiceArea.objects.order_by("code").values_list("pk", flat=True))
    array = "(ARRAY[{}]::uuid[])[1 + {}]"
    # The customer who is timed and searched for has as many orders in each: one of the first thousand.
    whose = "CASE WHEN s.n <= 1000 THEN s.n %% 1000 ELSE 1 + s.n %% 999 END"
    is_open = f"s.n <= {OPEN}"
    with transaction.atomic():
        copy(
            WorkOrder, template, (first, last), id=ids,
            number="(900000000000 + s.n)::text", application_number="'SQ' || (900000000000 + s.n)",
            account_number="(9000000000000 + s.n)::text",
            customer=array.format(", ".join(f"'{each.pk}'" for each in customers), whose),
            manager=array.format(", ".join(f"'{each.pk}'" for each in managers), f"s.n %% {len(managers)}"),
            service_area=f"(ARRAY[{', '.join(map(repr, map(str, areas)))}]::uuid[])[1 + (s.n %% {len(managers)}) / 2]",
            state=f"CASE WHEN {is_open} THEN '{State.SURVEYING}' ELSE '{State.ARCHIVED}' END",
            due_on=f"CASE WHEN {is_open} THEN current_date - 20 + (s.n %% 40)::int END",
            promise_on=f"CASE WHEN {is_open} THEN current_date - 10 + (s.n %% 40)::int END",
            created_at="now() - (s.n %% 1000) * interval '1 day' - s.n * interval '1 second'",
        )  # fmt: skip
        copy(
            Application, template.application, (first, last), order=ids, company="name.company",
            address="name.address", words="name.words", handler_phone="(19930000000 + s.n %% 100000)::text",
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE workorders_workorder")
        cursor.execute("ANALYZE workorders_application")


def pages(people_at_work, order):
    """Return {name: (user, address)} of the pages that are timed."""
    supervisor, managers, customers = people_at_work
    queue = reverse("admin:workorders_workorder_changelist")
    company = Application.objects.filter(order__state=State.SURVEYING).order_by("order").first().company
    return {
        "desk, a manager's own": (managers[0], f"{queue}?tab=mine"),
        "desk, all overdue": (supervisor, f"{queue}?tab=overdue"),
        "desk, promises near and past": (supervisor, f"{queue}?tab=promise"),
        "desk, promises past in an area": (managers[0], f"{queue}?tab=promise&state=promise_past"),
        "desk, everything": (supervisor, f"{queue}?tab=all"),
        "search by number": (supervisor, f"{queue}?q=900000000123"),
        "search by name": (supervisor, f"{queue}?tab=overdue&q={company[2:6]}"),
        "search by phone": (supervisor, f"{queue}?q={customers[0].phone}"),
        "order page at the desk": (managers[0], reverse("admin:workorders_workorder_change", args=[order.pk])),
        "customer's home": (customers[0], reverse("workorders:home")),
    }


def serve(size):
    """Fill the database, then answer each line on standard input, the name of a page, with the ms that it took."""
    setup_test_environment(debug=False)
    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0)
    at_work = hire()
    order = driver.drive(driver.start(at_work[2][0], company="演示"), State.SURVEYING, manager=at_work[1][0])
    names()  # in a table of this connection, which whoever waits for the sandbox gives back
    fill(order, 1, size, at_work)
    visits = {}
    for name, (user, address) in pages(at_work, order).items():
        client = Client()
        client.force_login(user, backend=BACKEND)
        visits[name] = client, address
    print(json.dumps(list(visits)), flush=True)
    for line in sys.stdin:
        client, address = visits[line.strip()]
        started = time.perf_counter()
        response = client.get(address)
        print(1000 * (time.perf_counter() - started), flush=True)
        assert response.status_code == 200, address


class Server:
    """A process with so many orders."""

    def __init__(self, size):
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE desk_{size}")
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/desk_{size}").geturl()
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--serve", str(size)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | {"DATABASE_URL": url},
        )  # fmt: skip
        self.pages = json.loads(self.process.stdout.readline())

    def time(self, page):
        self.process.stdin.write(f"{page}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


def main(*sizes):
    servers = []
    for size in [int(size) for size in sizes] or SIZES:
        started = time.monotonic()
        servers.append(Server(size))
        print(f"{size} orders are there after {time.monotonic() - started:.0f} s", file=sys.stderr)
    holds = []
    for page in servers[0].pages:
        times = [[server.time(page) for server in servers] for _ in range(ROUNDS + 3)][3:]
        slow = [quantiles(column, n=20)[-1] for column in zip(*times, strict=True)]
        ratio = slow[-1] / slow[0]
        holds.append(ratio <= GOAL)
        line = {"case": page, "ours": round(slow[-1], 1), "baseline": round(slow[0], 1), "unit": "ms"}
        line |= {"ratio": round(ratio, 2), "goal": GOAL, "holds": holds[-1], "all": [round(value, 1) for value in slow]}
        print(json.dumps(line, ensure_ascii=False), flush=True)
    for server in servers:
        server.process.stdin.close()
        server.process.wait()
    return int(not all(holds))


if __name__ == "__main__":
    sys.exit(serve(int(sys.argv[2])) if sys.argv[1:2] == ["--serve"] else main(*sys.argv[1:]))
