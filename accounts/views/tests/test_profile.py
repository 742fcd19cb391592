import pytest
from django.test import Client
from django.urls import reverse

from accounts.conftest import PASSWORD
from accounts.models import Enterprise

NEW = {
    "name": "新示例电子有限公司",
    "credit_code": "9135 0100 m000 100y43",
    "legal_representative": "John Smith",
    "address": "福州市示例路 2 号",
}
NEW_PASSWORD = "新的一句话密码 7"


def test_me_shows_the_masked_phone_and_the_ways_on(client, customer):
    client.force_login(customer)

    page = client.get(reverse("accounts:me")).content.decode()

    assert "138****8000" in page
    assert customer.phone not in page
    assert customer.enterprise.name in page
    for name in ("workorders:records", "accounts:enterprise", "accounts:password", "accounts:logout"):
        assert reverse(name) in page


def test_enterprise_is_created_for_its_first_user(client, outsider):
    client.force_login(outsider)

    response = client.post(reverse("accounts:enterprise"), NEW)

    outsider.refresh_from_db()
    assert response.url == reverse("accounts:me")
    assert outsider.enterprise.credit_code == "91350100M000100Y43"


def test_enterprise_is_edited_in_place(client, customer):
    client.force_login(customer)

    client.post(reverse("accounts:enterprise"), NEW)

    enterprise = Enterprise.objects.get()
    assert enterprise.pk == customer.enterprise_id
    assert enterprise.name == NEW["name"]


def test_credit_code_of_another_enterprise_opens_nothing(client, customer, outsider):
    client.force_login(outsider)

    response = client.post(
        reverse("accounts:enterprise"), NEW | {"credit_code": customer.enterprise.credit_code.lower()}
    )

    outsider.refresh_from_db()
    assert "已登记" in response.context["form"].errors["credit_code"][0]
    assert NEW["name"] in response.content.decode()
    assert outsider.enterprise is None


def test_enterprise_error_names_the_field(client, outsider):
    client.force_login(outsider)

    response = client.post(reverse("accounts:enterprise"), NEW | {"credit_code": "9135O100M000100Y43"})

    assert "“O”" in response.context["form"].errors["credit_code"][0]
    assert not Enterprise.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_enterprise_page_is_for_customers(client, manager, method):
    client.force_login(manager)

    assert getattr(client, method)(reverse("accounts:enterprise")).status_code == 403


def change_password(client, old=PASSWORD, new=NEW_PASSWORD):
    return client.post(reverse("accounts:password"), {"old_password": old, "password": new})


def test_au_13_password_change_cycles_the_key_and_ends_the_others(client, customer):
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.force_login(customer)
    before = client.session.session_key

    assert change_password(client).url == reverse("accounts:me")

    customer.refresh_from_db()
    assert customer.check_password(NEW_PASSWORD)
    assert client.session.session_key != before
    assert client.get(reverse("accounts:me")).status_code == 200
    assert elsewhere.get(reverse("accounts:me")).status_code == 302


def test_password_change_needs_the_old_one(client, customer):
    client.force_login(customer)

    response = change_password(client, old="不对的密码")

    customer.refresh_from_db()
    assert response.context["form"].errors == {"old_password": ["当前密码不正确。"]}
    assert customer.check_password(PASSWORD)


def test_old_password_cannot_be_guessed_for_ever(client, customer, settings):
    settings.AXES_ENABLED = True
    client.force_login(customer)
    for _ in range(settings.AXES_FAILURE_LIMIT):
        change_password(client, old="不对的密码")

    assert "分钟后再试" in change_password(client).context["form"].errors["old_password"][0]


@pytest.mark.parametrize("password", ["12345678", "13800138000", "password", "短"])
def test_au_20_weak_password_is_refused(client, customer, password):
    client.force_login(customer)

    assert list(change_password(client, new=password).context["form"].errors) == ["password"]


def test_next_survives_the_enterprise_page(client, outsider):
    client.force_login(outsider)
    url = reverse("accounts:enterprise") + "?next=%2Fseals%2Fapply%2F"

    page = client.get(url).content.decode()
    refused = client.post(url, {}).content.decode()

    assert "?next=%2Fseals%2Fapply%2F" in page
    assert "?next=%2Fseals%2Fapply%2F" in refused
    assert client.post(url, NEW).url == "/seals/apply/"
    assert client.post(reverse("accounts:enterprise") + "?next=//evil.example/", NEW).url == reverse("accounts:me")
