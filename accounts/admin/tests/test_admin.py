import re
from io import BytesIO

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import NoReverseMatch, reverse
from PIL import Image

from accounts.conftest import PASSWORD
from accounts.enums import Role
from accounts.models import Enterprise, ManagerCard, User
from notifications.models import Notification


def photo(size=(1600, 1200), kind="PNG"):
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return SimpleUploadedFile("../../我的 照片.png", out.getvalue(), "image/png")


def card_data(user, **changes):
    return {
        "phone": user.phone,
        "name": user.name,
        "role": user.role,
        "is_active": "on",
        "card-TOTAL_FORMS": "1",
        "card-INITIAL_FORMS": str(int(hasattr(user, "card"))),
        "card-0-id": getattr(getattr(user, "card", None), "pk", ""),
        "card-0-user": str(user.pk),
        "card-0-company": "示例供电公司",
        "card-0-employee_number": "G0001",
        "card-0-mobile": "137 0013 7000",
        "card-0-philosophy": "把麻烦留给自己",
        **changes,
    }


def change_url(user):
    return reverse("admin:accounts_user_change", args=[user.pk])


def test_supervisor_adds_a_manager_who_is_texted_where_to_set_a_password(client, supervisor, texts):
    client.force_login(supervisor)
    facts = {"phone": "137 0013 7001", "name": "吴刚", "role": "manager"}

    sent = texts(client.post, reverse("admin:accounts_user_add"), facts)

    user = User.objects.get(phone="13700137001")
    assert user.role == Role.MANAGER
    assert not user.has_usable_password()
    assert not user.is_superuser
    assert user.phone in sent
    assert reverse("accounts:reset") in sent


def test_supervisor_cannot_add_a_customer(client, supervisor):
    client.force_login(supervisor)
    data = {"phone": "13700137001", "name": "吴刚", "role": "customer"}

    response = client.post(reverse("admin:accounts_user_add"), data)

    assert list(response.context["adminform"].form.errors) == ["role"]


@pytest.mark.parametrize("model", ["user", "enterprise"])
def test_manager_sees_no_accounts(client, manager, customer, model):
    client.force_login(manager)

    assert client.get(reverse(f"admin:accounts_{model}_changelist")).status_code == 403
    assert "/admin/accounts/" not in client.get(reverse("admin:index")).content.decode()
    assert client.post(change_url(customer), {}).status_code == 403


def test_customer_is_sent_away(client, customer):
    client.force_login(customer)

    assert client.get(reverse("admin:accounts_user_changelist")).status_code == 302


def test_nobody_deletes_users(client, customer, django_user_model):
    root = django_user_model.objects.create_superuser("13500135000", "管理员", PASSWORD, must_change_password=False)
    client.force_login(root)

    assert client.post(reverse("admin:accounts_user_delete", args=[customer.pk]), {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=customer.pk).exists()


def test_supervisor_cannot_take_over_a_superuser(client, supervisor, django_user_model):
    root = django_user_model.objects.create_superuser("13500135000", "管理员", PASSWORD, must_change_password=False)
    client.force_login(supervisor)

    assert client.post(change_url(root), {"phone": "13500135009"}).status_code == 403
    assert client.post(reverse("admin:accounts_user_send_reset", args=[root.pk])).status_code == 403


def test_au_27_staff_set_nobodys_password(client, supervisor, customer, texts):
    """Neither on a page of Django's, by whatever spelling of the id, nor with the account; they have it set anew."""
    client.force_login(supervisor)
    secret, before = (
        {"password1": "别人定的密码 9", "password2": "别人定的密码 9", "usable_password": "true"},
        customer.password,
    )

    for pk in (str(customer.pk), customer.pk.hex, str(customer.pk).upper(), str(supervisor.pk)):
        client.post(f"/admin/accounts/user/{pk}/password/", secret)
    client.post(change_url(customer), card_data(customer, password="别人定的密码 9", **secret))
    sent = texts(client.post, reverse("admin:accounts_user_send_reset", args=[customer.pk]))

    customer.refresh_from_db()
    assert customer.password == before
    assert customer.signing_hold_until is None
    assert customer.phone in sent
    assert reverse("accounts:reset") in sent


def test_supervisor_cannot_lock_out_or_promote_themselves(client, supervisor):
    client.force_login(supervisor)
    data = card_data(supervisor, role="manager", **{"card-TOTAL_FORMS": "0"})
    del data["is_active"]

    client.post(change_url(supervisor), data)

    supervisor.refresh_from_db()
    assert supervisor.is_active
    assert supervisor.is_supervisor


def test_card_photo_is_made_small_and_named_by_chance(client, supervisor, manager, customer):
    client.force_login(supervisor)

    client.post(change_url(manager), card_data(manager, **{"card-0-photo": photo()}))

    card = ManagerCard.objects.get(user=manager)
    assert card.mobile == "13700137000"
    assert card.photo.name.startswith("managers/")
    assert "照片" not in card.photo.name
    client.force_login(customer)
    response = client.get(reverse("accounts:manager_photo", args=[manager.pk]))
    image = Image.open(BytesIO(response.content))
    assert (response["Content-Type"], image.format, image.size) == ("image/jpeg", "JPEG", (640, 480))


def test_replaced_photo_leaves_the_disk(client, supervisor, manager, django_capture_on_commit_callbacks):
    client.force_login(supervisor)
    client.post(change_url(manager), card_data(manager, **{"card-0-photo": photo()}))
    first = ManagerCard.objects.get().photo

    manager.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(change_url(manager), card_data(manager, **{"card-0-photo": photo((20, 20))}))

    assert ManagerCard.objects.get().photo.name != first.name
    assert not first.storage.exists(first.name)


def test_card_refuses_what_is_no_photo(client, supervisor, manager):
    client.force_login(supervisor)
    fake = SimpleUploadedFile("a.png", b"<svg onload=alert(1)>", "image/png")

    client.post(change_url(manager), card_data(manager, **{"card-0-photo": fake}))

    assert not ManagerCard.objects.exists()


def test_photo_needs_a_login(client, manager):
    assert client.get(reverse("accounts:manager_photo", args=[manager.pk])).status_code == 302


def test_photo_that_is_missing_is_404(client, customer, manager):
    client.force_login(customer)

    assert client.get(reverse("accounts:manager_photo", args=[manager.pk])).status_code == 404


def test_enterprises_of_customers_are_not_changed_at_the_desk(client, supervisor, enterprise, customer):
    client.force_login(supervisor)
    url = reverse("admin:accounts_enterprise_change", args=[enterprise.pk])

    assert client.get(url).status_code == 200
    assert client.post(url, {"name": "别的名字"}).status_code == 403


def test_title_of_a_form_with_errors_is_chinese(client, supervisor):
    client.force_login(supervisor)

    page = client.post(reverse("admin:accounts_enterprise_add"), {}).content.decode()

    assert "<title>错误：增加" in page
    assert "Error" not in page


def test_supervisor_adds_an_enterprise_without_people_as_verified(client, supervisor):
    client.force_login(supervisor)
    facts = {"name": "示例供电有限公司", "credit_code": "91320100MA1DEM0A9A", "legal_representative": "王建国"}

    client.post(reverse("admin:accounts_enterprise_add"), facts | {"address": "示例路 9 号"})

    added = Enterprise.objects.get(name="示例供电有限公司")
    assert (added.verified_by, added.verified_at is None) == (supervisor, False)


def test_staff_role_and_enterprise_exclude_each_other(client, supervisor, customer):
    client.force_login(supervisor)
    data = card_data(customer, role="manager", enterprise=str(customer.enterprise_id))

    response = client.post(change_url(customer), data)

    assert "只有角色为“客户”的用户可以属于企业。" in response.content.decode()


def test_user_list_masks_phones(client, supervisor, customer):
    client.force_login(supervisor)

    page = client.get(reverse("admin:accounts_user_changelist")).content.decode()

    assert "138****8000" in page
    assert customer.phone not in page


def test_au_33_desk_has_no_page_that_sets_a_password_however_the_id_is_spelled(client, supervisor, manager):
    client.force_login(supervisor)
    own, before = str(supervisor.pk), supervisor.password

    for spelled in (own, own.upper(), own.replace("-", ""), f"{{{own}}}", str(manager.pk)):
        answer = client.post(
            f"/admin/accounts/user/{spelled}/password/", {"password1": "x" * 20, "password2": "x" * 20}
        )
        assert answer.status_code in (302, 404)

    supervisor.refresh_from_db()
    assert supervisor.password == before
    with pytest.raises(NoReverseMatch):
        reverse("admin:auth_user_password_change", args=[supervisor.pk])


def test_pr_17_search_of_people_leaves_no_phone_in_an_address(client, supervisor, customer, outsider):
    client.force_login(supervisor)
    url = reverse("admin:accounts_user_changelist")

    answer = client.post(url, {"q": customer.phone, "role__exact": "customer"})
    page = client.get(answer.url)

    assert customer.phone not in answer.url
    assert list(page.context["cl"].result_list) == [customer]
    assert f'value="{customer.phone}"' in page.content.decode()
    assert not re.findall(rf'(?:href|action)="[^"]*{customer.phone}', page.content.decode())
    assert '<form id="changelist-search" method="post"' in page.content.decode()


def shown_values(page):
    """Return what the form of a page would send, with the version that it showed."""
    form = page.context["adminform"].form
    values = {"version": page.context["version"]}
    for bound in form:
        value = bound.value()
        values[bound.html_name] = "" if value in (None, False) else getattr(value, "pk", value)
    return values


def test_az_21_a_stale_page_of_an_account_changes_nothing_and_a_fresh_one_what_was_changed(
    client, supervisor, customer
):
    client.force_login(supervisor)
    sent = shown_values(client.get(change_url(customer)))
    type(customer).objects.filter(pk=customer.pk).update(name="演示改名", password="!new")

    client.post(change_url(customer), sent | {"is_active": ""})
    customer.refresh_from_db()
    assert (customer.name, customer.password, customer.is_active) == ("演示改名", "!new", True)

    sent = shown_values(client.get(change_url(customer)))
    type(customer).objects.filter(pk=customer.pk).update(password="!newer")  # which the page does not show
    client.post(change_url(customer), sent | {"is_active": ""})
    customer.refresh_from_db()
    assert (customer.name, customer.password, customer.is_active) == ("演示改名", "!newer", False)


def test_az_22_who_is_put_into_an_enterprise_is_told_and_so_are_its_people(client, supervisor, customer, outsider):
    client.force_login(supervisor)
    theirs = outsider.enterprise

    client.post(
        change_url(outsider), shown_values(client.get(change_url(outsider))) | {"enterprise": customer.enterprise.pk}
    )

    outsider.refresh_from_db()
    assert outsider.enterprise == customer.enterprise
    titles = [each.title for each in Notification.objects.filter(user=outsider)]
    assert titles.count(f"账号已加入企业：{outsider.name}") == 1
    assert titles.count(f"账号已移出企业：{outsider.name}") == (1 if theirs else 0)
    assert Notification.objects.get(user=customer).title == f"账号已加入企业：{outsider.name}"
    assert supervisor.name in Notification.objects.get(user=customer).body
    assert LogEntry.objects.filter(object_id=str(outsider.pk), user=supervisor).exists()
