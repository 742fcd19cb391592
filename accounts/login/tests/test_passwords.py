import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError


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
