"""What lines of the trace keep: facts of the whitelist only, papers by id, one key with one meaning."""

import json
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Enterprise
from signing.enums import Role, SealKind
from signing.marks.handwriting import Typed
from signing.models import Signature
from workorders import inputs
from workorders.conftest import known
from workorders.contract import countersigning
from workorders.contract.confirming import document_of
from workorders.demo import driver, samples
from workorders.desk import dispatch
from workorders.enums import AttachmentKind, ContractMethod, Sealing, Stage, State
from workorders.facts import FACTS
from workorders.journey import flow
from workorders.models import STEPS, Event, WorkOrder
from workorders.requests import plan_term, supplements, uploads
from workorders.rights import is_customer
from workorders.trace import access_log, copies, record, timeline

WORDS = "只写在说明里的话"
CLIENT = inputs.Client(ip="192.0.2.77", user_agent="演示浏览器")


@pytest.fixture
def supplier(area, make_seal):
    """The supplier with a seal for papers and one for contracts."""
    area.enterprise = Enterprise.objects.create(
        id=known("supplier"),
        name="演示供电有限公司",
        credit_code="91320100MA1DEM0A9A",
        legal_representative="演示",
        address="演示路 9 号",
    )
    area.save()
    return {kind: make_seal(area.enterprise, kind) for kind in (SealKind.OFFICIAL, SealKind.CONTRACT)}


def given_with_words(order, name, *, manager, fails):
    """Return a step's input with free text, browser and seal wherever it can have them."""
    if STEPS[name].given is inputs.Reason:
        return inputs.Reason(reason=WORDS)
    if name == "change_survey_time":
        return inputs.SurveyWish(intended_survey_at=driver.visit_at(4), reason=WORDS)
    given = driver.prepare(order, STEPS[name], manager=manager, fails=fails)
    if isinstance(given, inputs.SupplyPlanIssue):
        given = replace(given, fees="高可靠性供电费（演示）")
    if isinstance(given, inputs.Issue):
        return replace(given, remarks=WORDS, client=CLIENT, sealing=Sealing.NOW)
    if isinstance(given, inputs.Signing):
        hand = Typed(order.customer.name) if name == "sign_supply_plan" else given.hand
        return replace(given, hand=hand, client=CLIENT)
    return replace(given, remarks=WORDS) if isinstance(given, inputs.Archiving) else given


@pytest.fixture
def journey(customer, manager, supervisor, area, supplier, seal):
    """An order from the draft to the archive, with every kind of line beside the road."""

    def take(*names, fails=False):
        for name in names:
            order = WorkOrder.objects.get(pk=started.pk)
            by = customer if STEPS[name].by is is_customer else manager
            flow.advance(order, name, given_with_words(order, name, manager=manager, fails=fails), by=by)
        return WorkOrder.objects.get(pk=started.pk)

    started = driver.start(customer)
    order = take("submit", "return_for_correction", "submit", "accept")
    later = uploads.attach(order, AttachmentKind.PROPERTY, samples.pdf("产权证明"), by=customer)
    access_log.record_read(order, later, by=manager)
    access_log.reveal_id_number(order, "legal_id_number", by=manager, reason=WORDS)
    dispatch.reassign([order], area=area, manager=manager, by=supervisor)
    supplements.add_note(order, text=WORDS, by=manager)
    due_on = timezone.localdate() + timedelta(days=3)
    request = supplements.ask(order, kind="other", text=WORDS, due_on=due_on, by=manager)
    supplements.close(supplements.answer(request, text=WORDS, by=customer), by=manager)
    take("book_survey", "change_survey_time", "dispatch_survey", "issue_supply_plan", "object_to_supply_plan")
    order = take("issue_supply_plan", "sign_supply_plan")
    plan_term.ask(order, by=customer, reason=WORDS)
    plan_term.extend(order, by=manager, until=order.plan_expires_on + timedelta(days=9))
    take("open_design_review", "submit_design", "issue_design_opinion", "sign_design_opinion", fails=True)
    take("submit_design", "issue_design_opinion", "sign_design_opinion")
    take("open_mid_inspection", "submit_mid_inspection", "issue_mid_notice", "sign_mid_notice")
    take("open_completion", "submit_completion", "issue_completion_opinion", "sign_completion_opinion")
    order = take("open_contract")
    driver.attach_needed(order, Stage.CONTRACT)
    flow.advance(order, "sign_contract", inputs.ContractScan(**driver.confirmed(customer)), by=customer)
    order = take("reject_contract_scan")
    signing = driver.signing(document_of(order)).facts | {"seal": seal, "client": CLIENT}
    signing |= driver.confirmed(customer)
    given = inputs.ContractSigning(contract_method=ContractMethod.SEAL, **signing)
    flow.advance(order, "sign_contract", given, by=customer)
    order = take("archive")
    access_log.record_dossier(order, by=supervisor)
    return WorkOrder.objects.get(pk=order.pk)


def test_lines_of_a_whole_journey_keep_every_fact_of_the_list_and_nothing_else(journey):
    events = list(journey.events.all())
    assert (journey.state, len(events)) == (State.ARCHIVED, journey.event_count)
    assert sum(event.note == WORDS for event in events) > 10

    kept, kinds = [], defaultdict(set)
    for event in events:
        assert ("nonce" in event.data) == (not event.is_public)
        facts = {key: value for key, value in event.data.items() if key != "nonce"}
        kept.append(json.dumps(facts, ensure_ascii=False))
        for key, value in facts.items():
            kinds[key].add(type(value))

    assert kinds.keys() == FACTS
    assert {key: found for key, found in kinds.items() if len(found) > 1 or type(None) in found} == {}
    text = "\n".join(kept)
    for secret in (WORDS, CLIENT.ip, CLIENT.user_agent, "strokes", journey.customer.name, journey.customer.phone):
        assert secret not in text


def test_lines_name_the_paper_and_the_hand_in_of_their_round(make_order, customer, manager):
    order = flow.advance(make_order(), "return_for_correction", inputs.Reason(reason="请补正"), by=manager)
    failed = {"issue_design_opinion"}
    order = driver.drive(order, State.DESIGN_OPINION_SIGNED, manager=manager, failed=failed)

    def data(name, *keys):
        return [tuple(event.data.get(key) for key in keys) for event in order.events.filter(name=name)]

    first, second = order.papers.filter(kind="design_opinion").order_by("round")
    frozen = [paper.document.revisions.get(number=0).sha256 for paper in (first, second)]
    signed = [paper.document.current.sha256 for paper in (first, second)]
    named = [(str(paper.pk), str(paper)) for paper in (first, second)]
    says = [("fail", str(first.mend_by)), ("pass", None)]
    keys = ("paper_id", "paper", "sha256", "verdict", "mend_by")
    assert first.mend_by
    assert data("issue_design_opinion", *keys) == [(*n, sha, *v) for n, sha, v in zip(named, frozen, says, strict=True)]
    assert data("sign_design_opinion", *keys) == [(*n, sha, *v) for n, sha, v in zip(named, signed, says, strict=True)]
    for name, stage in (("submit", Stage.APPLICATION), ("submit_design", Stage.DESIGN)):
        rounds = [(str(each.pk), str(each)) for each in order.submissions.filter(stage=stage).order_by("round")]
        assert len(rounds) == 2
        assert data(name, "submission_id", "submission") == rounds
    assert data("submit", "application_number") == [(order.application_number,)] * 2


def test_lines_of_the_contract_name_each_seal_and_the_file_it_is_on(make_contract, manager, customer, seal, supplier):
    order = make_contract("customer", "supplier")
    signing = driver.signing(document_of(order)).facts | {"seal": seal} | driver.confirmed(customer)
    given = inputs.ContractSigning(contract_method=ContractMethod.SEAL, **signing)
    order = flow.advance(order, "sign_contract", given, by=customer)
    sha256, theirs = document_of(order).current.sha256, supplier[SealKind.CONTRACT]
    countersigning.countersign(order, by=manager, seal=theirs, sha256=sha256, client=CLIENT)

    for name, role, used in (("sign_contract", Role.CUSTOMER, seal), ("countersign", Role.SUPPLIER, theirs)):
        data = order.events.get(name=name).data
        signature = Signature.objects.get(field__document=document_of(order), field__role=role)
        assert (data["seal_id"], data["seal"]) == (str(used.pk), str(used)) == (str(signature.seal_id), str(used))
        assert data["paper_id"] == str(order.paper("contract").pk)
        assert data["sha256"] == signature.revision.sha256


def test_paper_that_followed_stands_with_its_own_line(make_order, customer):
    order = make_order(State.ACCEPTED)
    later = uploads.attach(order, AttachmentKind.PROPERTY, samples.pdf("产权证明"), by=customer)

    hashes = copies.hashes(order.events.order_by("number"), whole=False)
    files = {
        entry.event.name: entry.files for entry in timeline.entries(order, order.events.select_related("by"), hashes)
    }

    assert files["supplement"] == [("用电地址产权证明：产权证明.pdf", later.get_absolute_url())]
    assert later.get_absolute_url() not in [address for _, address in files["submit"]]
    assert len(files["submit"]) == order.submissions.get().attachments.count() - 1


@pytest.mark.parametrize("fact", ["ip", "user_agent", "strokes", "reason", "remarks", "nonce", "request"])
def test_fact_that_is_not_on_the_list_is_refused_and_nothing_is_written(make_contract, manager, fact):
    order = make_contract()

    with pytest.raises(ValueError, match=f"note: .*{fact}"):
        record.note(order, "note", label="备注", by=manager, **{fact: "x"}, sha256="y")

    assert not Event.objects.exists()
    assert WorkOrder.objects.get().event_count == 0
