"""SG-21: every act of the customer on a contract asks for a code that is bound to the document."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from signing.models import Signature
from workorders import inputs
from workorders.contract.tests.contracts import (
    hand,
    hash_of,
    page,
    press_confirm,
    shown_code,
    shown_message,
    state_of,
    url,
)
from workorders.demo import driver, samples
from workorders.enums import ContractMethod, Stage, State
from workorders.journey import flow
from workorders.models import Attachment
from workorders.requests import uploads


def hand_in(http, order, code):
    return http.post(
        url("contract_scan_confirm", order), {"seen": order.event_count, "declared": "on", "code": code}
    ).content.decode()


@pytest.mark.parametrize("how", ["typed", "strokes"])
def test_sg_21_name_without_the_code_signs_no_contract(http, contract_order, customer, how):
    name = {"typed": customer.name, "strokes": samples.scribble()}[how]

    http.post(
        url("contract_sign", contract_order), {"seen": 0, how: name, "sha256": hash_of(contract_order), "agreed": "on"}
    )
    press_confirm(http, contract_order, "123456")

    assert (state_of(contract_order), Signature.objects.count()) == (State.CONTRACT_OPEN, 0)
    message = shown_message(http, contract_order)
    assert f"在工单 {contract_order} 的《高压供用电合同》上签字" in message
    press_confirm(http, contract_order, message.split("验证码 ")[1][:6])
    signature = Signature.objects.get()
    assert (signature.confirmed_phone, signature.seal) == (customer.masked_phone, None)


def test_sg_21_stamped_copy_without_the_code_is_not_handed_in(http, contract_order, customer):
    scan = {"seen": 0, "declared": "on", "contract_scan": samples.photo("盖章合同")}
    http.post(url("contract_scan", contract_order), scan)

    assert "失效" in hand_in(http, contract_order, "123456")
    assert state_of(contract_order) == State.CONTRACT_OPEN
    code = shown_code(http, contract_order, "contract_scan")
    hand_in(http, contract_order, code)

    assert state_of(contract_order) == State.CONTRACT_SIGNED
    assert contract_order.events.get().data["confirmed_phone"] == customer.masked_phone


def test_sg_21_code_is_good_for_the_files_that_were_shown(http, contract_order, customer):
    driver.attach_needed(contract_order, Stage.CONTRACT)
    code = shown_code(http, contract_order, "contract_scan")
    [kind] = Stage.CONTRACT.kinds
    uploads.attach(contract_order, kind, samples.pdf("另一页"), by=customer)

    assert "验证码不正确" in hand_in(http, contract_order, code)
    assert "获取验证码" in page(http, "contract_scan_confirm", contract_order)
    uploads.remove(contract_order, Attachment.objects.latest("uploaded_at"))
    hand_in(http, contract_order, code)
    assert state_of(contract_order) == State.CONTRACT_SIGNED


@pytest.mark.parametrize("method", [ContractMethod.SIGNATURE, ContractMethod.SCAN])
def test_sg_21_flow_takes_no_unconfirmed_act(contract_order, customer, method):
    driver.attach_needed(contract_order, Stage.CONTRACT)
    by_hand = inputs.ContractSigning(contract_method=method, hand=hand(), sha256=hash_of(contract_order))
    given = inputs.ContractScan() if method == ContractMethod.SCAN else by_hand

    with pytest.raises(ValidationError, match="短信验证码"):
        flow.advance(contract_order, "sign_contract", given, by=customer)
    assert state_of(contract_order) == State.CONTRACT_OPEN


def test_au_27_stamped_copy_waits_a_day_after_a_password_was_set_anew(http, contract_order, customer):
    driver.attach_needed(contract_order, Stage.CONTRACT)
    code = shown_code(http, contract_order, "contract_scan")
    type(customer).objects.filter(pk=customer.pk).update(access_changed_at=timezone.now() - timedelta(hours=23))

    assert "密码刚刚重置" in hand_in(http, contract_order, code)
    assert state_of(contract_order) == State.CONTRACT_OPEN
