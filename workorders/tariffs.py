"""基本电费: what a month costs by each of the three ways to bill the capacity part of a two-part tariff.

Rules: 发改办价格〔2016〕1583号 (by capacity; by contracted maximum demand, billed for 40 % of the capacity at least and
with the part above 105 % of the contract doubled), 发改价格〔2018〕500号 (by actual maximum demand), 发改价格〔2023〕
526号 (demand prices at 90 % from 260 kWh per kVA and month). Prices are provincial and come from the reader.
Capacity in kVA, demand in kW, prices in yuan per kVA or kW and month, results in yuan per month.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from workorders.enums import BasicCharge, Tariff

# Industry and commerce: up to this capacity (kVA) the tariff has one part, from TWO_PART_FROM on two parts; between
# them either may be agreed (发改价格〔2023〕526号).
ONE_PART_UP_TO = 100
TWO_PART_FROM = 315
# A contracted demand below this share (%) of the capacity is billed as this share.
LEAST_DEMAND = 40
TOLERANCE = Decimal("1.05")
HIGH_USE_SHARE = Decimal("0.9")
_CENT = Decimal("0.01")
Figure = int | Decimal
# From the demand that is counted as contracted and the actual one to the demand that is billed.
Rule = Callable[[Decimal, Decimal], Decimal]


def tariffs_for(capacity: int) -> tuple[Tariff, ...]:
    """Return the tariffs that industry and commerce may have with a capacity (kVA), the usual one first."""
    if capacity >= TWO_PART_FROM:
        return (Tariff.TWO_PART,)
    return (Tariff.ONE_PART,) if capacity <= ONE_PART_UP_TO else (Tariff.ONE_PART, Tariff.TWO_PART)


def tariff_for(capacity: int) -> Tariff:
    """Return the tariff that a capacity (kVA) leads to where nothing else is agreed."""
    return tariffs_for(capacity)[0]


def excess_doubled(contract: Decimal, actual: Decimal) -> Decimal:
    """Return the demand billed above the tolerance: the actual one and, once more, its excess (the words of 1583号)."""
    return actual + (actual - TOLERANCE * contract)


def contract_and_double_excess(contract: Decimal, actual: Decimal) -> Decimal:
    """Return the demand billed above the tolerance: the contract and twice the excess, as some provinces count."""
    return contract + 2 * (actual - TOLERANCE * contract)


@dataclass(frozen=True)
class Charge:
    """A month's basic charge; `quantity` (kVA or kW) is what is billed at `price`."""

    method: BasicCharge
    quantity: Decimal
    price: Decimal
    note: str = ""

    @property
    def amount(self) -> Decimal:
        """Yuan, rounded to the cent."""
        return (self.quantity * self.price).quantize(_CENT, ROUND_HALF_UP)

    @property
    def unit(self) -> str:
        return "kVA" if self.method == BasicCharge.CAPACITY else "kW"


def least_contract(capacity: int) -> int:
    """Return the smallest contracted demand (kW, whole) that is billed as it is."""
    return -(-capacity * LEAST_DEMAND // 100)


def demand_problem(capacity: int, demand: int | None) -> str:
    """Return in words why a demand (kW) cannot be contracted with a capacity (kVA); empty where it can."""
    least = least_contract(capacity)
    if not demand:
        return "选择“按合同最大需量”时，请填写需量值（kW）。"
    if demand > capacity:
        return f"需量值不能超过供电容量 {capacity} kVA，请核对。"
    if demand < least:
        return f"需量值低于容量的 {LEAST_DEMAND}%，电费仍按 {least} kW 核定，请填写 {least} kW 及以上。"
    return ""


def by_capacity(capacity: int, price: Decimal) -> Charge:
    return Charge(BasicCharge.CAPACITY, Decimal(capacity), price)


def by_contract_demand(
    capacity: int, contract: Figure, actual: Figure, price: Decimal, *, beyond: Rule = excess_doubled
) -> Charge:
    """Return the charge by contracted demand; `beyond` is the rule above 105 %, on which sources differ."""
    counted = max(Decimal(contract), Decimal(capacity) * LEAST_DEMAND / 100)
    notes = [f"合同需量低于容量的 {LEAST_DEMAND}%，按 {counted:f} kW 核定"] if counted > contract else []
    if actual <= TOLERANCE * counted:
        return Charge(BasicCharge.CONTRACT_DEMAND, counted, price, "；".join(notes))
    notes.append("实际需量超过合同需量的 105%，超过部分加倍")
    return Charge(BasicCharge.CONTRACT_DEMAND, beyond(counted, Decimal(actual)), price, "；".join(notes))


def by_actual_demand(actual: Figure, price: Decimal) -> Charge:
    return Charge(BasicCharge.ACTUAL_DEMAND, Decimal(actual), price)


def compare(
    *,
    capacity: int,
    contract: Figure,
    actual: Figure,
    capacity_price: Decimal,
    demand_price: Decimal,
    high_use: bool = False,
    beyond: Rule = excess_doubled,
) -> list[Charge]:
    """Return the three charges; with `high_use` (260 kWh per kVA and month) demand is billed at 90 %."""
    demand_price *= HIGH_USE_SHARE if high_use else 1
    return [
        by_capacity(capacity, capacity_price),
        by_contract_demand(capacity, contract, actual, demand_price, beyond=beyond),
        by_actual_demand(actual, demand_price),
    ]


def break_even(capacity: Figure, capacity_price: Decimal, demand_price: Decimal) -> Decimal:
    """Return the demand (kW) at which the charge by actual demand equals that by capacity."""
    return (capacity * capacity_price / demand_price).quantize(Decimal(1), ROUND_HALF_UP)
