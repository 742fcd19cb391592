"""The journey of an order: every state and every way between them, in the order in which they come."""

from datetime import date

from django.db import models
from django.utils import timezone
from django_fsm import FSMField

from workorders import inputs
from workorders.enums import PaperKind, Stage, State
from workorders.facts import ACCEPTANCE, HAND_IN, OPINION, PAPER, PLAN, VISIT
from workorders.models.step import (
    CUSTOMER_ACTS,
    CUSTOMER_MENDS,
    CUSTOMER_SIGNS,
    contract_was_scanned,
    customer_step,
    manager_step,
)


class Journey(models.Model):
    """The state machine of design: methods set fields of their own order only and are called by `flow.advance`.

    The first argument is what the step was given; the others are what came of it (workorders.journey.writers).
    """

    state = FSMField("状态", choices=State, default=State.DRAFT, protected=True, editable=False, db_index=True)

    class Meta:
        abstract = True

    @customer_step(
        [State.DRAFT, State.RETURNED],
        State.SUBMITTED,
        "提交申请",
        page="application",
        hands_in=Stage.APPLICATION,
        keeps=("application_number", *HAND_IN),
    )
    def submit(self, given: inputs.Nothing, *, application_number: str, service_area: models.Model | None) -> None:
        self.application_number = application_number
        self.service_area = service_area
        self.submitted_at = timezone.now()

    @manager_step(State.SUBMITTED, State.RETURNED, "退回补正", form="ReasonForm", tells=CUSTOMER_MENDS)
    def return_for_correction(self, given: inputs.Reason) -> None:
        pass

    @manager_step(
        State.SUBMITTED, State.ACCEPTED, "受理并生成正式工单", form="AcceptForm", tells=CUSTOMER_ACTS, keeps=ACCEPTANCE
    )
    def accept(self, given: inputs.Acceptance, *, number: str, account_number: str) -> None:
        self.number = number
        self.account_number = account_number
        self.manager = given.manager
        self.accepted_at = timezone.now()

    @customer_step(State.ACCEPTED, State.SURVEY_BOOKED, "预约勘察时间", page="survey", keeps=("intended_survey_at",))
    def book_survey(self, given: inputs.SurveyWish) -> None:
        self.intended_survey_at = given.intended_survey_at

    @customer_step(
        [State.SURVEY_BOOKED, State.SURVEYING],
        State.SURVEY_BOOKED,
        "勘察时间变更",
        page="survey",
        is_aside=True,
        keeps=("intended_survey_at",),
    )
    def change_survey_time(self, given: inputs.SurveyWish) -> None:
        self.intended_survey_at = given.intended_survey_at
        self.survey_at = None
        self.surveyor = ""

    @manager_step(
        State.SURVEY_BOOKED, State.SURVEYING, "勘察派工", form="DispatchForm", tells=CUSTOMER_ACTS, keeps=VISIT
    )
    def dispatch_survey(self, given: inputs.Dispatch) -> None:
        self.survey_at = given.survey_at
        self.surveyor = given.surveyor

    @manager_step(
        State.SURVEYING,
        State.PLAN_ISSUED,
        "答复供电方案",
        form="SupplyPlanForm",
        issues=PaperKind.SUPPLY_PLAN,
        tells=CUSTOMER_SIGNS,
        keeps=(*PAPER, *PLAN),
    )
    def issue_supply_plan(self, given: inputs.SupplyPlanIssue) -> None:
        self.needs_design_review = given.needs_design_review
        self.needs_mid_inspection = given.needs_mid_inspection
        self.suggested_connection_on = given.suggested_connection_on

    @customer_step(
        State.PLAN_ISSUED,
        State.PLAN_SIGNED,
        "供电方案签字确认",
        page="sign",
        signs=PaperKind.SUPPLY_PLAN,
        keeps=(*PAPER, "plan_expires_on"),
    )
    def sign_supply_plan(self, given: inputs.Signing, *, plan_expires_on: date) -> None:
        self.plan_expires_on = plan_expires_on

    @customer_step(State.PLAN_ISSUED, State.SURVEYING, "对供电方案提出异议", page="object", is_aside=True)
    def object_to_supply_plan(self, given: inputs.Reason) -> None:
        pass

    @manager_step(
        State.PLAN_SIGNED,
        State.DESIGN_OPEN,
        "推送至设计文件送审",
        form="ConfirmForm",
        opens=Stage.DESIGN,
        tells=CUSTOMER_ACTS,
    )
    def open_design_review(self, given: inputs.Nothing) -> None:
        pass

    @customer_step(
        State.DESIGN_OPEN,
        State.DESIGN_SUBMITTED,
        "提交设计文件送审",
        page="submission",
        hands_in=Stage.DESIGN,
        keeps=HAND_IN,
    )
    def submit_design(self, given: inputs.Nothing) -> None:
        pass

    @manager_step(
        State.DESIGN_SUBMITTED,
        State.DESIGN_OPINION_ISSUED,
        "出具设计文件审核意见单",
        form="OpinionForm",
        issues=PaperKind.DESIGN_OPINION,
        tells=CUSTOMER_SIGNS,
        keeps=OPINION,
    )
    def issue_design_opinion(self, given: inputs.Opinion) -> None:
        pass

    @customer_step(
        State.DESIGN_OPINION_ISSUED,
        [State.DESIGN_OPINION_SIGNED, State.DESIGN_OPEN],
        "设计文件审核意见单签字",
        page="sign",
        signs=PaperKind.DESIGN_OPINION,
        keeps=OPINION,
    )
    def sign_design_opinion(self, given: inputs.Signing) -> State:
        return State.DESIGN_OPINION_SIGNED if self.has_passed(PaperKind.DESIGN_OPINION) else State.DESIGN_OPEN

    @manager_step(
        [State.PLAN_SIGNED, State.DESIGN_OPINION_SIGNED],
        State.MID_OPEN,
        "推送至中间检查",
        form="ConfirmForm",
        opens=Stage.MID,
        tells=CUSTOMER_ACTS,
    )
    def open_mid_inspection(self, given: inputs.Nothing) -> None:
        pass

    @customer_step(
        State.MID_OPEN, State.MID_SUBMITTED, "提交中间检查申请", page="submission", hands_in=Stage.MID, keeps=HAND_IN
    )
    def submit_mid_inspection(self, given: inputs.Nothing) -> None:
        pass

    @manager_step(
        State.MID_SUBMITTED,
        State.MID_NOTICE_ISSUED,
        "出具中间检查意见单",
        form="OpinionForm",
        issues=PaperKind.MID_NOTICE,
        tells=CUSTOMER_SIGNS,
        keeps=OPINION,
    )
    def issue_mid_notice(self, given: inputs.Opinion) -> None:
        pass

    @customer_step(
        State.MID_NOTICE_ISSUED,
        [State.MID_NOTICE_SIGNED, State.MID_OPEN],
        "中间检查意见单签字",
        page="sign",
        signs=PaperKind.MID_NOTICE,
        keeps=OPINION,
    )
    def sign_mid_notice(self, given: inputs.Signing) -> State:
        return State.MID_NOTICE_SIGNED if self.has_passed(PaperKind.MID_NOTICE) else State.MID_OPEN

    @manager_step(
        [State.PLAN_SIGNED, State.DESIGN_OPINION_SIGNED, State.MID_NOTICE_SIGNED],
        State.COMPLETION_OPEN,
        "推送至竣工报验",
        form="ConfirmForm",
        opens=Stage.COMPLETION,
        tells=CUSTOMER_ACTS,
    )
    def open_completion(self, given: inputs.Nothing) -> None:
        pass

    @customer_step(
        State.COMPLETION_OPEN,
        State.COMPLETION_SUBMITTED,
        "提交竣工报验",
        page="submission",
        hands_in=Stage.COMPLETION,
        keeps=(*HAND_IN, "sha256"),
    )
    def submit_completion(self, given: inputs.Signing) -> None:
        pass

    @manager_step(
        State.COMPLETION_SUBMITTED,
        State.COMPLETION_OPINION_ISSUED,
        "出具竣工检验意见单",
        form="OpinionForm",
        issues=PaperKind.COMPLETION_OPINION,
        tells=CUSTOMER_SIGNS,
        keeps=OPINION,
    )
    def issue_completion_opinion(self, given: inputs.Opinion) -> None:
        pass

    @customer_step(
        State.COMPLETION_OPINION_ISSUED,
        [State.COMPLETION_OPINION_SIGNED, State.COMPLETION_OPEN],
        "竣工检验意见单签字",
        page="sign",
        signs=PaperKind.COMPLETION_OPINION,
        keeps=OPINION,
    )
    def sign_completion_opinion(self, given: inputs.Signing) -> State:
        passed = self.has_passed(PaperKind.COMPLETION_OPINION)
        return State.COMPLETION_OPINION_SIGNED if passed else State.COMPLETION_OPEN

    @manager_step(
        State.COMPLETION_OPINION_SIGNED,
        State.CONTRACT_OPEN,
        "推送至合同签订",
        form="ContractForm",
        issues=PaperKind.CONTRACT,
        tells=CUSTOMER_SIGNS,
        keeps=(*PAPER, "term_years", "sign_place"),
    )
    def open_contract(self, given: inputs.ContractIssue) -> None:
        pass

    @customer_step(
        State.CONTRACT_OPEN,
        State.CONTRACT_SIGNED,
        "合同签订",
        page="contract",
        signs=PaperKind.CONTRACT,
        hands_in=Stage.CONTRACT,
        keeps=(*PAPER, *HAND_IN, "contract_method", "confirmed_phone", "confirmed_at"),
    )
    def sign_contract(self, given: inputs.ContractSigning | inputs.ContractScan) -> None:
        self.contract_method = given.contract_method

    @manager_step(
        State.CONTRACT_SIGNED,
        State.CONTRACT_OPEN,
        "退回合同扫描件",
        condition=contract_was_scanned,
        form="ReasonForm",
        tells=CUSTOMER_SIGNS,
    )
    def reject_contract_scan(self, given: inputs.Reason) -> None:
        self.contract_method = ""

    @manager_step(
        State.CONTRACT_SIGNED, State.ARCHIVED, "送电并归档", form="ArchiveForm", keeps=("energised_on", "meter_reading")
    )
    def archive(self, given: inputs.Archiving) -> None:
        self.energised_on = given.energised_on
        self.meter_reading = given.meter_reading

    @manager_step(State.open_states, State.TERMINATED, "终止工单", form="ReasonForm", is_aside=True)
    def terminate(self, given: inputs.Reason) -> None:
        pass

    @customer_step(
        [State.DRAFT, State.RETURNED, State.SUBMITTED, State.ACCEPTED, State.SURVEY_BOOKED],
        State.TERMINATED,
        "撤回申请",
        page="withdraw",
        is_aside=True,
        needs_real_name=False,
    )
    def withdraw(self, given: inputs.Reason) -> None:
        pass
