"""Where the demo data may be loaded, and that its story fits any day, without loading it."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts.models import User
from workorders.demo import story
from workorders.enums import State
from workorders.limits import rules
from workorders.limits.calendar import Calendar


@pytest.fixture
def debug(settings):
    settings.DEBUG = True


def test_demo_leaves_a_used_database_alone(customer, debug):
    with pytest.raises(CommandError, match="not empty"):
        call_command("demo")

    call_command("demo", if_empty=True)

    assert User.objects.count() == 1


def test_demo_never_runs_outside_debug(db, settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="DEBUG"):
        call_command("demo")


def test_demo_asks_no_timestamp_authority_for_the_past(db, debug, settings):
    settings.TSA_URL = "http://127.0.0.1:9/"

    with pytest.raises(CommandError, match="TSA_URL"):
        call_command("demo")

    assert not User.objects.exists()


def test_story_fits_into_eight_weeks_on_any_day(db):
    """Whatever holidays lie behind: long enough ago, and the same two limits past."""
    calendar, day = Calendar.current(), date(2025, 1, 1)
    while day < date(2028, 1, 1):
        with time_machine.travel(day):
            days = story.working_days()
        assert max(project.began for project in story.PROJECTS) < len(days)
        late = []
        for project in story.PROJECTS:
            if limit := rules.default(project.state):
                due_on, _ = calendar.add(days[project.days], limit)
                late += [project.state] if due_on < day else []
        assert sorted(late) == [State.DESIGN_SUBMITTED, State.SURVEY_BOOKED]
        day += timedelta(days=1)
