"""The demo data: people of every role and an order in each state, by the steps that people take."""

import pytest
from django.core.management import CommandError, call_command

from accounts.enums import Role
from accounts.models import User
from workorders.enums import State
from workorders.models import WorkOrder


@pytest.fixture
def debug(settings):
    settings.DEBUG = True


def test_demo_fills_an_empty_database_with_every_role_and_state(db, debug, capsys):
    call_command("demo")

    assert {user.role for user in User.objects.all()} == set(Role)
    assert {order.state for order in WorkOrder.objects.all()} == set(State)
    assert "yanshi-2026" in capsys.readouterr().out


def test_demo_leaves_a_used_database_alone(customer, debug):
    with pytest.raises(CommandError, match="not empty"):
        call_command("demo")

    call_command("demo", if_empty=True)

    assert User.objects.count() == 1


def test_demo_never_runs_outside_debug(db, settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="DEBUG"):
        call_command("demo")
