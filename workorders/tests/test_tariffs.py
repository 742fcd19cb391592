from decimal import Decimal

import pytest
from django.urls import reverse

from workorders import tariffs
from workorders.enums import BasicCharge

CAPACITY, PC, PK = 3200, Decimal("22.6"), Decimal("36.1")


def by_contract(contract, actual, **options):
    return tariffs.by_contract_demand(CAPACITY, contract, actual, PK, **options).amount


@pytest.mark.parametrize(
    ("capacity", "allowed"),
    [
        (100, ("one_part",)),
        (101, ("one_part", "two_part")),
        (314, ("one_part", "two_part")),
        (315, ("two_part",)),
        (10000, ("two_part",)),
    ],
)
def test_tariff_follows_the_capacity(capacity, allowed):
    assert tariffs.tariffs_for(capacity) == allowed
    assert tariffs.tariff_for(capacity) == allowed[0]


def test_charge_by_capacity():
    assert tariffs.by_capacity(CAPACITY, PC).amount == Decimal("72320.00")


@pytest.mark.parametrize(
    ("contract", "actual", "yuan"),
    [
        (1600, 1200, "57760.00"),
        (1600, 1680, "57760.00"),  # 105 % to the kilowatt
        (1600, 1681, "60720.20"),
        (1600, 1800, "69312.00"),
        (1000, 1344, "46208.00"),  # raised to 40 %: 1280
    ],
)
def test_charge_by_contracted_demand(contract, actual, yuan):
    assert by_contract(contract, actual) == Decimal(yuan)


def test_other_reading_of_the_excess():
    assert by_contract(1600, 1800, beyond=tariffs.contract_and_double_excess) == Decimal("66424.00")


def test_notes_tell_what_raised_the_charge():
    charge = tariffs.by_contract_demand(CAPACITY, 1000, 1800, PK)

    assert "1280 kW" in charge.note
    assert "105%" in charge.note


def test_high_use_lowers_the_demand_price_only():
    facts = {"capacity": CAPACITY, "contract": 1600, "actual": 1600, "capacity_price": PC, "demand_price": PK}

    amounts = [charge.amount for charge in tariffs.compare(**facts, high_use=True)]

    assert amounts == [Decimal("72320.00"), Decimal("51984.00"), Decimal("51984.00")]


def test_break_even_demand():
    assert tariffs.break_even(CAPACITY, PC, PK) == 2003


def page(browser_of, customer, **figures):
    return browser_of(customer).get(reverse("workorders:tariffs"), figures).content.decode()


FIGURES = {"capacity": 3200, "actual": 1500, "contract": 1600, "capacity_price": 22.6, "demand_price": 36.1}


def test_page_compares_the_three_and_names_the_cheapest(browser_of, customer):
    text = page(browser_of, customer, **FIGURES, excess="doubled")

    for amount in ("72,320.00", "57,760.00", "54,150.00"):
        assert amount in text
    assert text.count("最省</span>") == 1
    assert "3200 kVA" in text
    assert "22.6 元/kVA" in text
    assert "18,170.00 元" in text


def test_link_from_an_order_brings_the_capacity(browser_of, customer):
    assert 'name="capacity" inputmode="numeric" value="1250"' in page(browser_of, customer, capacity=1250)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("capacity", "", "请填写。"),
        ("capacity_price", "0", "0.01"),
        ("contract", "4000", "不能超过容量 3200 kVA"),
        ("actual", "9999", "超过容量 3200 kVA 的两倍"),
    ],
)
def test_wrong_figure_is_named_and_nothing_compared(browser_of, customer, name, value, problem):
    text = page(browser_of, customer, **{**FIGURES, "excess": "doubled", name: value})

    assert problem in text
    assert "比较结果" not in text


def test_methods_are_those_of_the_submission():
    charges = tariffs.compare(capacity=500, contract=300, actual=300, capacity_price=PC, demand_price=PK)

    assert [charge.method for charge in charges] == list(BasicCharge)
