"""基本电费比较: a calculator that keeps nothing; its figures stand in the address."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import UserRequest
from workorders import tariffs
from workorders.forms.tariff_form import CAPACITY_PRICE, DEMAND_PRICE, TariffForm
from workorders.tariffs import Charge

BAR_PIXELS = 60
SHARE = 70  # a capacity's usual use in percent, for the first look


@require_safe
def compare(request: UserRequest) -> HttpResponse:
    asked = "actual" in request.GET
    form = TariffForm(request.GET if asked else None, initial=_example(request))
    if not (asked and form.is_valid()):
        return render(request, "workorders/tariffs.html", {"form": form})
    charges = form.charges()
    amounts = [charge.amount for charge in charges]
    context = {
        "form": form,
        "bars": [_bar(number, charge, amounts) for number, charge in enumerate(charges)],
        "saving": f"{max(amounts) - min(amounts):,.2f}",
        "break_even": tariffs.break_even(charges[0].quantity, charges[0].price, charges[2].price),
    }
    return render(request, "workorders/tariffs.html", context)


def _bar(number: int, charge: Charge, amounts: Collection[Decimal]) -> dict[str, Any]:
    """Return a charge with its place in the chart: `top` in pixels, `width` in percent of the widest."""
    return {
        "charge": charge,
        "yuan": f"{charge.amount:,.2f}",
        "quantity": f"{charge.quantity.normalize():f}",
        "price": f"{charge.price.normalize():f}",
        "top": number * BAR_PIXELS,
        "width": int(charge.amount / max(amounts) * 100),
        "is_least": charge.amount == min(amounts),
    }


def _example(request: HttpRequest) -> dict[str, Any]:
    """Return the first figures: the capacity that a link brings along, and an example for the rest."""
    found = request.GET.get("capacity", "")
    capacity = int(found) if found.isascii() and found.isdigit() and len(found) < 8 else None
    demand = capacity * SHARE // 100 if capacity else None
    return {
        "capacity": capacity,
        "actual": demand,
        "capacity_price": CAPACITY_PRICE,
        "demand_price": DEMAND_PRICE,
        "excess": "doubled",
    }
