import pytest
from django.db import IntegrityError, transaction

from accounts.enums import Role
from accounts.models import Enterprise, User


@pytest.mark.parametrize(
    "fields",
    [
        {"phone": "12012345678"},
        {"name": "李"},
        {"role": "root"},
        {"phone": "13800138000"},
    ],
)
def test_database_refuses_a_wrong_user(customer, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(**{"phone": "13800138001", "name": "李晓红", **fields})


def test_database_refuses_staff_of_an_enterprise(customer):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.update(role=Role.MANAGER)


def test_database_refuses_a_malformed_credit_code(enterprise):
    with pytest.raises(IntegrityError), transaction.atomic():
        Enterprise.objects.update(credit_code="9135O100M000100Y43")


def test_staff_is_a_matter_of_role(customer, manager, supervisor):
    assert [user.is_staff for user in (customer, manager, supervisor)] == [False, True, True]


def test_superuser_is_a_supervisor(db):
    user = User.objects.create_superuser("135 0013 5000", "管理员", "梧桐树下 42 只猫")

    assert user.phone == "13500135000"
    assert user.is_supervisor
    assert user.is_staff
