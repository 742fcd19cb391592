"""Security of the contract by seal: SG-01 to SG-08 and SG-12."""

import logging
import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.enums import CodePurpose
from accounts.login import codes
from accounts.models import Enterprise, PhoneCode
from signing import proposals
from signing.enums import SealKind, SealState
from signing.models import Proposal, Seal, Signature
from signing.services import Act, Superseded, sign
from workorders import inputs
from workorders.contract import confirming
from workorders.contract.tests.contracts import (
    code_for,
    confirm,
    hand,
    hash_of,
    other,
    page,
    press_confirm,
    propose,
    shown_code,
    shown_message,
    url,
    write,
)
from workorders.demo import driver
from workorders.enums import ContractMethod
from workorders.journey import flow


def test_sg_01_file_changed_after_the_preview_is_not_sealed(make_contract, seal, customer, manager, http):
    order = make_contract("customer", "supplier")
    proposal, seen = propose(order, seal, customer), hash_of(order)
    code = code_for(proposal)
    document = confirming.document_of(order)
    sign(document, Act(seen=seen, hand=hand()), role="supplier", by=manager)

    with pytest.raises(Superseded):
        confirm(order, code, by=customer, sha256=seen)
    with pytest.raises(proposals.Void, match="文件已更新"):
        confirm(order, code, by=customer)
    assert press_confirm(http, order, code, seen).status_code == 409
    assert "文件已更新" in page(http, "contract", order)
    assert not Signature.objects.filter(signer=customer).exists()


def test_sg_01_hash_shown_is_the_hash_that_is_signed(http, contract_order, proposal):
    http.post(url("contract_code", contract_order))

    shown = re.search(r'name="sha256" value="(\w{64})"', page(http, "contract_confirm", contract_order))[1]
    assert shown == proposal.sha256 == hash_of(contract_order)

    assert press_confirm(http, contract_order, "000000", "0" * 64).status_code == 409
    assert not Signature.objects.exists()


def test_sg_02_contract_of_an_ended_order_is_not_sealed(http, contract_order, proposal, customer, manager):
    code = code_for(proposal)
    flow.advance(contract_order, "terminate", inputs.Reason(reason="客户书面申请终止。"), by=manager)

    with pytest.raises(flow.Conflict):
        confirm(contract_order, code, by=customer)
    for name in ("contract_confirm", "contract", "contract_preview", "contract_seals"):
        assert http.get(url(name, contract_order)).status_code == 409
    assert not Signature.objects.exists()


def test_sg_02_cancelled_seal_makes_the_preview_void(http, contract_order, proposal, seal, customer):
    code = code_for(proposal)
    Seal.objects.update(state=SealState.CANCELLED)

    with pytest.raises(proposals.Void, match="已注销"):
        confirm(contract_order, code, by=customer)
    assert "已注销" in page(http, "contract", contract_order)
    assert http.get(url("contract_confirm", contract_order)).url == url("contract", contract_order)


def test_sg_03_act_sent_again_gets_the_first_result(http, contract_order, proposal, customer):
    seen, code = hash_of(contract_order), code_for(proposal)
    first = confirm(contract_order, code, by=customer, sha256=seen)

    assert confirm(contract_order, code, by=customer, sha256=seen) == first
    again = press_confirm(http, contract_order, code, seen)
    assert again.url == reverse("workorders:records")
    assert "已签字并盖章" in http.get(again.url).content.decode()
    assert (Signature.objects.count(), contract_order.events.filter(name="sign_contract").count()) == (1, 1)


def test_sg_03_repetition_is_the_signers_alone(contract_order, proposal, customer, outsider):
    seen, code = hash_of(contract_order), code_for(proposal)
    confirm(contract_order, code, by=customer, sha256=seen)

    with pytest.raises(flow.Conflict):
        confirm(contract_order, code, by=outsider, sha256=seen)


def test_sg_04_message_names_the_act_and_is_no_login_code(http, contract_order, proposal, seal):
    message = shown_message(http, contract_order)

    assert "《高压供用电合同》" in message
    assert str(seal) in message
    assert str(contract_order) in message
    assert "登录" not in message


def test_sg_04_code_is_good_for_its_act_only(contract_order, proposal, make_seal, enterprise, customer, make_contract):
    code = code_for(proposal)
    another = make_contract()
    elsewhere = propose(another, proposal.seal, customer)
    for target, browser in ((another, "A"), (contract_order, "B")):
        with pytest.raises(ValidationError):
            confirm(target, code, by=customer, session=browser)
    code = code_for(propose(contract_order, proposal.seal, customer))
    propose(contract_order, make_seal(enterprise, SealKind.OFFICIAL), customer)
    with pytest.raises(ValidationError):
        confirm(contract_order, code, by=customer)

    assert not Signature.objects.exists()
    assert confirm(another, code_for(elsewhere), by=customer)


def test_sg_04_login_code_does_not_seal(contract_order, proposal, customer):
    code = codes.issue(customer.phone, CodePurpose.LOGIN, browser="A", address="192.0.2.1")[1]

    with pytest.raises(ValidationError, match="失效"):
        confirm(contract_order, code, by=customer)


def test_sg_04_fifth_wrong_code_starts_the_whole_process_anew(http, contract_order, proposal, customer):
    code = code_for(proposal)
    for left in (4, 3):
        with pytest.raises(ValidationError, match=f"还可以再试 {left} 次"):
            confirm(contract_order, other(code), by=customer)
    code = code_for(proposal)  # a new code does not give the tries back
    for left in (2, 1):
        with pytest.raises(ValidationError, match=f"还可以再试 {left} 次"):
            confirm(contract_order, other(code), by=customer)

    with pytest.raises(confirming.Restart, match="重新选择印章"):
        confirm(contract_order, other(code), by=customer)

    assert not Proposal.objects.exists()
    with pytest.raises(proposals.Void):
        confirm(contract_order, code, by=customer)
    assert "尚未生效" not in page(http, "contract", contract_order)


def test_sg_04_page_says_that_the_process_starts_anew(http, contract_order, proposal):
    code = shown_code(http, contract_order)
    answers = [press_confirm(http, contract_order, other(code)) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200] * 4 + [302]
    assert "还可以再试 1 次" in answers[3].content.decode()
    assert "重新选择印章" in http.get(answers[4].url).content.decode()


def test_sg_05_facts_of_the_request_are_not_used_but_logged(http, contract_order, seal, proposal, customer, caplog):
    code = shown_code(http, contract_order)
    forged = {"document": "1", "role": "supplier", "page": "7", "position": "0,0", "signer": "x", "seal": "y\nz"}

    with caplog.at_level(logging.WARNING, logger="workorders.views.access"):
        press_confirm(http, contract_order, code, **forged)

    signature = Signature.objects.get()
    assert (signature.field.role, signature.signer, signature.seal) == ("customer", customer, seal)
    lines = [record.getMessage() for record in caplog.records if "forged" in record.getMessage()]
    assert [line.split("=")[0] for line in lines] == [f"forged {name}" for name in sorted(forged)]
    assert not any("\n" in line for line in lines)


def test_sg_06_nothing_is_sealed_without_every_step_before(http, contract_order, seal, proposal, customer):
    assert "失效" in press_confirm(http, contract_order, "123456").content.decode()
    Proposal.objects.all().delete()

    assert press_confirm(http, contract_order, "123456").url == url("contract", contract_order)
    for name in ("contract_preview", "contract_confirm"):
        assert http.get(url(name, contract_order)).url == url("contract", contract_order)
    assert http.post(url("contract_code", contract_order)).url == url("contract", contract_order)
    assert http.get(url("contract_preview_page", contract_order)).status_code == 404
    assert (Signature.objects.count(), PhoneCode.objects.count()) == (0, 0)


def test_sg_07_seal_of_another_company_is_refused(http, contract_order, seal, make_seal, customer):
    stranger = Enterprise.objects.create(
        name="演示别家有限公司", credit_code="91110105MA0DEM013Y", legal_representative="演示", address="演示路 1 号"
    )
    foreign = make_seal(stranger)

    assert write(http, contract_order, foreign).status_code == 404
    with pytest.raises(ValidationError, match="不能用于这份合同"):
        propose(contract_order, foreign, customer)
    with pytest.raises(ValidationError):
        advance_with(contract_order, foreign, customer)
    # The customer's own seal, but another enterprise's contract.
    contract_order.application.credit_code = stranger.credit_code
    contract_order.application.save()
    assert "不一致" in page(http, "contract_seals", contract_order)
    with pytest.raises(ValidationError, match="不一致"):
        advance_with(contract_order, seal, customer)
    assert not Signature.objects.exists()


def advance_with(order, seal, by):
    method = ContractMethod.SEAL
    signing = {"seal": seal, "hand": hand(), "sha256": hash_of(order), **driver.confirmed(by)}
    given = inputs.ContractSigning(contract_method=method, **signing)
    flow.advance(order, "sign_contract", given, by=by)


@pytest.mark.parametrize(("who", "status"), [("outsider", 404), ("colleague", 403), ("contact", 404), ("manager", 403)])
def test_sg_08_handwriting_is_shown_to_its_writer_only(request, browser_of, contract_order, proposal, who, status):
    contract_order.application.handler_phone = "19900000012"
    contract_order.application.save()
    http = browser_of(request.getfixturevalue(who))

    for name in ("contract_preview_page", "contract_preview", "contract", "contract_confirm"):
        assert http.get(url(name, contract_order)).status_code == status


def test_sg_08_handwriting_is_not_used_a_second_time(http, contract_order, proposal, seal, make_contract, customer):
    confirm(contract_order, code_for(proposal), by=customer)
    another = make_contract()

    assert not Proposal.objects.exists()
    assert Signature.objects.get().ink not in page(http, "contract_seal", another, seal.pk)
    write(http, another, seal, strokes="")
    assert not Proposal.objects.exists()


def test_sg_12_who_left_the_enterprise_does_not_seal(http, contract_order, proposal, customer):
    code = code_for(proposal)
    type(customer).objects.filter(pk=customer.pk).update(enterprise=None)

    with pytest.raises(proposals.Void, match="不属于"):
        confirm(contract_order, code, by=customer)  # with the user as read before
    assert "不属于" in page(http, "contract", contract_order)
    assert press_confirm(http, contract_order, code).url == url("contract", contract_order)
    assert not Signature.objects.exists()


def test_au_18_nothing_is_sealed_on_the_day_after_a_change_of_phone(contract_order, proposal, seal, customer):
    code = code_for(proposal)
    customer.access_changed_at = timezone.now() - timedelta(hours=23)
    customer.save()

    with pytest.raises(ValidationError, match="手机号刚刚更换"):
        confirm(contract_order, code, by=customer)
    with pytest.raises(ValidationError, match="手机号刚刚更换"):
        propose(contract_order, seal, customer)

    customer.access_changed_at = timezone.now() - timedelta(hours=25)
    customer.save()
    assert confirm(contract_order, code, by=customer)  # the refusal has not used the code up
