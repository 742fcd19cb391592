import pytest


@pytest.fixture
def customer(django_user_model, db):
    return django_user_model.objects.create_user("13800138000", "李晓明")


@pytest.fixture
def outsider(django_user_model, db):
    return django_user_model.objects.create_user("13900139000", "赵强")
