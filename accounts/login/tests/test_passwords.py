import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.conftest import PASSWORD


@pytest.fixture(autouse=True)
def validators(settings):
    names = ("LengthValidator", "SiteWordValidator")
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": f"accounts.login.passwords.{name}"} for name in names]


@pytest.mark.parametrize("password", ["bandian2026", "国网办电12345678", "SGCC_sgcc_2026!"])
def test_au_20_site_words_are_no_password(password):
    with pytest.raises(ValidationError, match="太容易猜到"):
        validate_password(password)


@pytest.mark.parametrize("password", ["我家门口的电网又修好了", "梧桐树下 42 只猫"])
def test_site_words_inside_a_phrase_are_fine(password):
    validate_password(password)


def test_short_password_is_refused_in_chinese():
    with pytest.raises(ValidationError) as caught:
        validate_password("短密码7")

    assert caught.value.messages == ["密码太短，至少需要 8 位。"]


def test_first_password_of_a_superuser_is_changed_before_anything_else(client, django_user_model):
    root = django_user_model.objects.create_superuser("13500135000", "管理员", PASSWORD)
    client.force_login(root)

    for name in ("admin:index", "accounts:me", "workorders:home"):
        assert client.get(reverse(name)).url == reverse("accounts:password"), name
    assert "初始密码" in client.get(reverse("accounts:password")).content.decode()
    client.post(reverse("accounts:password"), {"old_password": PASSWORD, "password": "另一句只有我知道的话 9"})

    assert client.get(reverse("accounts:me")).status_code == 200
