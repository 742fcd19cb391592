import pytest
from django.core.exceptions import ValidationError

from accounts import services
from accounts.conftest import PASSWORD
from accounts.enums import Role
from accounts.models import Enterprise, User


def test_register_twice_at_once_gives_one_account(customer):
    with pytest.raises(ValidationError):
        services.register(phone=customer.phone, name="孙小红", password=PASSWORD)

    assert User.objects.get().name == "李晓明"


def test_register_can_make_a_contact(db):
    assert services.register(phone="15000150000", name="孙小红", password=PASSWORD, role=Role.CONTACT).role == "contact"


def test_enterprise_saved_twice_at_once_is_an_error_on_its_code(enterprise, outsider):
    double = Enterprise(
        name="另一家公司", credit_code=enterprise.credit_code, legal_representative="赵强", address="某路"
    )

    with pytest.raises(ValidationError) as caught:
        services.save_enterprise(double, by=outsider)

    outsider.refresh_from_db()
    assert list(caught.value.message_dict) == ["credit_code"]
    assert outsider.enterprise is None


def test_az_12_who_was_just_put_out_of_an_enterprise_does_not_come_back_with_its_page(customer, enterprise):
    own = customer.enterprise
    own.address = "某路 2 号"
    User.objects.filter(pk=customer.pk).update(enterprise=None)

    with pytest.raises(ValidationError, match="移出了企业"):
        services.save_enterprise(own, by=customer)

    customer.refresh_from_db()
    enterprise.refresh_from_db()
    assert customer.enterprise is None
    assert enterprise.address != "某路 2 号"


@pytest.mark.parametrize("change", ["password", "logout"])
def test_au_14_change_of_rights_rechecks_the_sockets(client, customer, django_capture_on_commit_callbacks, change):
    client.force_login(customer)
    with django_capture_on_commit_callbacks() as callbacks:
        if change == "password":
            services.set_password(customer, "新的一句话密码 7")
        else:
            client.post("/account/logout/")

    assert len(callbacks) == {"password": 2, "logout": 1}[change]  # a password set anew is told by SMS too
