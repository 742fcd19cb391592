"""合同签章 page by page: a seal and a signature are looked at first, and put on the contract by one confirmed act."""

import re

import pytest
from django.urls import reverse

from signing.check.verify import check
from signing.enums import SealKind, SealState
from signing.models import Proposal, Seal, Signature
from workorders.contract.tests.contracts import page, press_confirm, propose, shown_message, state_of, url, write
from workorders.enums import ContractMethod, State
from workorders.models import WorkOrder


def test_contract_is_sealed_from_the_choice_to_the_confirmation(http, contract_order, seal):
    assert "电子签章" in page(http, "contract", contract_order)
    assert url("contract_seal", contract_order, seal.pk) in page(http, "contract_seals", contract_order)

    written = write(http, contract_order, seal)
    assert written.url == url("contract_preview", contract_order)
    assert "合同还没有盖章" in page(http, "contract_preview", contract_order)
    picture = http.get(url("contract_preview_page", contract_order))
    assert picture.content.startswith(b"\x89PNG")
    assert "no-store" in picture["Cache-Control"]
    assert (state_of(contract_order), Signature.objects.count()) == (State.CONTRACT_OPEN, 0)
    assert "签章预览已生成，尚未生效" in page(http, "contract", contract_order)

    message = shown_message(http, contract_order)
    done = press_confirm(http, contract_order, re.search(r"验证码 (\d{6})", message)[1])

    assert done.url == reverse("workorders:records")
    assert (state_of(contract_order), Proposal.objects.count()) == (State.CONTRACT_SIGNED, 0)
    assert WorkOrder.objects.get(pk=contract_order.pk).contract_method == ContractMethod.SEAL
    signature = Signature.objects.get()
    assert (signature.seal, signature.confirmed_phone) == (seal, contract_order.customer.masked_phone)
    assert signature.ink
    with signature.revision.file.open() as file:
        (result,) = check(file.read())
    assert result.is_good
    event = contract_order.events.get(name="sign_contract")
    assert (event.data["seal"], event.data["contract_method"]) == (str(seal), "seal")
    assert event.data["sha256"] == signature.revision.sha256


def test_preview_can_be_given_up(http, contract_order, proposal):
    http.post(url("contract_discard", contract_order))

    assert not Proposal.objects.exists()
    assert "尚未生效" not in page(http, "contract", contract_order)


def test_new_choice_takes_the_place_of_the_earlier_one(contract_order, proposal, make_seal, enterprise, customer):
    second = propose(contract_order, make_seal(enterprise, SealKind.OFFICIAL), customer)

    assert Proposal.objects.get() == second != proposal


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("state", SealState.PENDING, "正在审核"),
        ("state", SealState.CANCELLED, "还没有有效的印章"),
        ("enterprise", None, "还没有填写企业信息"),
    ],
)
def test_page_without_a_usable_seal_says_why(http, contract_order, seal, customer, field, value, words):
    target = Seal.objects.all() if field == "state" else type(customer).objects.filter(pk=customer.pk)
    target.update(**{field: value})

    assert words in page(http, "contract_seals", contract_order)
