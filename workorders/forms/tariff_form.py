"""What the comparison of basic charges asks."""

from decimal import Decimal
from typing import Any

from django import forms

from workorders import tariffs
from workorders.tariffs import Charge

# An example for the first look (惠州, February 2026), marked as one on the page; every province has its own prices.
CAPACITY_PRICE, DEMAND_PRICE = Decimal("22.6"), Decimal("36.1")
_RULES = {"doubled": tariffs.excess_doubled, "twice": tariffs.contract_and_double_excess}


class TariffForm(forms.Form):
    """Capacity in kVA, demands in kW, prices in yuan per kVA or kW and month."""

    capacity = forms.IntegerField(
        label="受电变压器总容量", min_value=1, max_value=2_000_000, help_text="kVA，含不经变压器的高压电动机"
    )
    actual = forms.IntegerField(
        label="预计每月最大需量", min_value=1, max_value=2_000_000, help_text="kW，一个月里最高的 15 分钟平均负荷"
    )
    contract = forms.IntegerField(
        label="打算约定的合同最大需量",
        min_value=1,
        max_value=2_000_000,
        required=False,
        help_text="kW，不填则与预计最大需量相同",
    )
    capacity_price = forms.DecimalField(
        label="容量电价", min_value=Decimal("0.01"), max_value=1000, decimal_places=4, help_text="元/kVA·月"
    )
    demand_price = forms.DecimalField(
        label="需量电价", min_value=Decimal("0.01"), max_value=1000, decimal_places=4, help_text="元/kW·月"
    )
    high_use = forms.BooleanField(label="每月每 kVA 用电量达到 260 kWh 及以上（需量电价按 90% 计）", required=False)
    excess = forms.ChoiceField(
        label="超过合同需量 105% 时",
        choices=[("doubled", "按实际需量收取，超过部分再加一倍"), ("twice", "按合同需量收取，另加超过部分的两倍")],
        initial="doubled",
        help_text="各地执行口径不同，请向客户经理确认",
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        capacity = cleaned.get("capacity")
        if capacity and (cleaned.get("actual") or 0) > 2 * capacity:
            self.add_error("actual", f"预计最大需量超过容量 {capacity} kVA 的两倍，请核对单位和数字。")
        if capacity and (cleaned.get("contract") or 0) > capacity:
            self.add_error("contract", f"合同最大需量不能超过容量 {capacity} kVA，请核对。")
        return cleaned

    def charges(self) -> list[Charge]:
        """Return the three charges for a valid form."""
        data = dict(self.cleaned_data)
        data["contract"] = data["contract"] or min(data["actual"], data["capacity"])
        return tariffs.compare(beyond=_RULES[data.pop("excess")], **data)
