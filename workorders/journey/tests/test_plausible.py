"""What no order allows, whoever asks: times at which nobody works, and dates and numbers that are slips of the pen."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from workorders import inputs
from workorders.demo import driver
from workorders.enums import Metering, Stage, State, SupplyMode, Tariff, Verdict
from workorders.forms.application_form import ApplicationForm
from workorders.forms.customer_forms import SubmissionForm
from workorders.journey import flow, submissions
from workorders.journey.tests.test_decisions import refused
from workorders.limits import calendar
from workorders.models import STEPS

# The calendar of these weeks: Sunday the 20th of September is worked (调休), October 1 to 7 are holidays, 2027 is known
# by the fixed holidays alone.
NOW = datetime(2026, 9, 16, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def at(text):
    return timezone.make_aware(datetime.fromisoformat(text))


def test_survey_is_wished_for_a_time_at_which_people_work(make_order, customer, time_machine):
    time_machine.move_to(NOW)
    accepted = make_order(State.ACCEPTED)
    refusals = [
        ("2026-09-16T10:00", "明天起 90 天内"), ("2026-12-16T10:00", "明天起 90 天内"), ("0001-01-01T10:00", "明天起"),
        ("9999-12-31T10:00", "明天起"), ("2026-09-19T10:00", "9月19日是休息日"), 
        ("2026-10-01T10:00", "10月1日是休息日"),
        ("2026-09-17T08:29", "8:30–12:00、13:30–17:30"), ("2026-09-17T12:15", "8:30–12:00、13:30–17:30"),
        ("2026-09-17T17:31", "8:30–12:00、13:30–17:30"), ("2026-09-17T23:59", "8:30–12:00、13:30–17:30"),
    ]  # fmt: skip

    for when, words in refusals:
        found = refused(accepted, "book_survey", inputs.SurveyWish(intended_survey_at=at(when)), by=customer)
        assert words in found["intended_survey_at"][0], when
    taken = ("2026-09-20T08:30", "2026-09-17T12:00", "2026-09-17T13:30", "2026-12-14T17:30")
    for when in taken:
        inputs.SurveyWish(intended_survey_at=at(when)).clean(calendar.works)
    flow.advance(accepted, "book_survey", inputs.SurveyWish(intended_survey_at=at(taken[0])), by=customer)


def test_survey_at_night_of_a_new_year_is_refused(db, time_machine):
    time_machine.move_to(datetime(2026, 12, 1, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai")))

    with pytest.raises(ValidationError, match="1月1日是休息日"):
        inputs.SurveyWish(intended_survey_at=at("2027-01-01T03:00")).clean(calendar.works)


def test_input_of_every_step_has_plausible_dates_and_numbers(time_machine):
    time_machine.move_to(NOW)
    plan = inputs.SupplyPlanIssue(
        capacity=1000, voltage=10, supply_mode=SupplyMode.SINGLE, source="演示", demarcation="演示",
        metering=Metering.HIGH_HIGH, tariff=Tariff.TWO_PART, power_factor=Decimal("0.90"), needs_design_review=True,
        needs_mid_inspection=True, suggested_connection_on=date(2026, 12, 1),
    )  # fmt: skip
    far, past = date(9999, 12, 31), date(1, 1, 1)
    visit = {"surveyor": "演示"}
    refusals = [
        *((inputs.Dispatch(survey_at=at(when), **visit), "survey_at") for when in (
            "2026-09-16T08:59", "2126-09-17T10:00", "2026-12-16T10:00", "2026-09-17T03:00", "2026-09-17T20:01")),
        *((replace(plan, capacity=number), "capacity") for number in (-1, 0, 2_000_001, 10**9)),
        *((replace(plan, suggested_connection_on=day), "suggested_connection_on")
          for day in (past, far, date(2026, 9, 15))),
        *((inputs.Opinion(verdict=Verdict.FAIL, mend_by=day), "mend_by") for day in (past, far, date(2027, 9, 20))),
        *((inputs.ContractIssue(term_years=years, sign_place="演示"), "term_years") for years in (0, 11)),
        *((inputs.Archiving(energised_on=date(2026, 9, 16), meter_reading=Decimal(number)), "meter_reading")
          for number in (-1, 10**9)),
        (inputs.Archiving(energised_on=far, meter_reading=Decimal(0)), "energised_on"),
    ]  # fmt: skip

    for given, field in refusals:
        with pytest.raises(ValidationError) as raised:
            given.clean(lambda day: True)
        assert raised.value.message_dict.keys() == {field}, given
        assert any("\u4e00" <= sign <= "\u9fff" for sign in raised.value.message_dict[field][0])
    for given in (
        plan,
        replace(plan, capacity=2_000_000, suggested_connection_on=date(2026, 9, 16)),
        inputs.Dispatch(survey_at=at("2026-09-19T19:00"), **visit),
        inputs.Opinion(verdict=Verdict.FAIL, mend_by=date(2026, 9, 16)),
        inputs.Opinion(verdict=Verdict.PASS, mend_by=far),
        inputs.ContractIssue(term_years=10, sign_place="演示"),
        inputs.Archiving(energised_on=date(2026, 9, 16), meter_reading=Decimal("99999999.99")),
    ):
        given.clean(lambda day: True)


def test_wished_connection_lies_ahead_within_five_years(make_order, customer, time_machine):
    time_machine.move_to(NOW)
    order = make_order(State.DESIGN_OPEN)
    driver.prepare(order, STEPS["submit_design"], manager=order.manager)

    for day in (date(1, 1, 1), date(2026, 9, 15), date(9999, 12, 31)):
        for form in (
            ApplicationForm({"intended_connection_on": str(day)}, draft=True),
            SubmissionForm({"intended_connection_on": str(day)}, instance=submissions.draft(order, Stage.DESIGN)),
        ):
            assert "今天起 5 年内" in form.errors["intended_connection_on"][0], day
        order.submissions.filter(stage=Stage.DESIGN).update(intended_connection_on=day)
        assert "今天起 5 年内" in str(refused(order, "submit_design", inputs.Nothing(), by=customer)), day
    order.application.intended_connection_on = date(2026, 9, 15)
    assert any("今天起 5 年内" in problem for problem in order.application.problems())


def test_order_is_not_archived_before_it_was_accepted(make_contract, customer, manager):
    order = make_contract()
    signed = driver.prepare(order, STEPS["sign_contract"], manager=manager)
    order = flow.advance(order, "sign_contract", signed, by=customer)

    given = inputs.Archiving(energised_on=date(1900, 1, 1), meter_reading=Decimal(0))

    assert "不能早于工单受理日期" in refused(order, "archive", given, by=manager)["energised_on"][0]
