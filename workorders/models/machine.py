"""The journey of an order: every state and every way between them, in the order in which they come."""

from django.db import models
from django.utils import timezone
from django_fsm import RETURN_VALUE, FSMField, transition

from workorders.enums import ContractMethod, PaperKind, Stage, State, Verdict
from workorders.rights import is_customer, is_manager


def step(source, target, permission, label, *, condition=None, form="", page=""):
    """Declare a transition with its label and the form (manager) or URL name (customer) of its confirm page."""
    return transition(
        field="state",
        source=source,
        target=target,
        conditions=[condition] if condition else [],
        permission=permission,
        custom={"label": label, "form": form, "page": page},
    )


def leads_to(stage):
    """Return the condition that a stage is the next one the order needs."""

    def next_stage_fits(order):
        return order.next_stage == stage

    return next_stage_fits


def contract_was_scanned(order):
    return order.contract_method == ContractMethod.SCAN


class Journey(models.Model):
    """The state machine of design: methods set fields of their own order only and are called by `flow.advance`."""

    state = FSMField("状态", choices=State, default=State.DRAFT, protected=True, editable=False, db_index=True)

    class Meta:
        abstract = True

    @step([State.DRAFT, State.RETURNED], State.SUBMITTED, is_customer, "提交申请", page="application")
    def submit(self, *, application_number, service_area, **_):
        self.application_number = self.application_number or application_number
        self.service_area = service_area
        self.submitted_at = timezone.now()

    @step(State.SUBMITTED, State.RETURNED, is_manager, "退回补正", form="ReasonForm")
    def return_for_correction(self, **_):
        pass

    @step(State.SUBMITTED, State.ACCEPTED, is_manager, "受理并生成正式工单", form="AcceptForm")
    def accept(self, *, number, account_number, manager, **_):
        self.number = number
        self.account_number = account_number
        self.manager = manager
        self.accepted_at = timezone.now()

    @step(State.ACCEPTED, State.SURVEY_BOOKED, is_customer, "预约勘察时间", page="survey")
    def book_survey(self, *, intended_survey_at, **_):
        self.intended_survey_at = intended_survey_at

    @step([State.SURVEY_BOOKED, State.SURVEYING], State.SURVEY_BOOKED, is_customer, "勘察时间变更", page="survey")
    def change_survey_time(self, *, intended_survey_at, **_):
        self.intended_survey_at = intended_survey_at
        self.survey_at = None
        self.surveyor = ""

    @step(State.SURVEY_BOOKED, State.SURVEYING, is_manager, "勘察派工", form="DispatchForm")
    def dispatch_survey(self, *, survey_at, surveyor, **_):
        self.survey_at = survey_at
        self.surveyor = surveyor

    @step(State.SURVEYING, State.PLAN_ISSUED, is_manager, "答复供电方案", form="SupplyPlanForm")
    def issue_supply_plan(self, *, needs_design_review, needs_mid_inspection, suggested_connection_on, **_):
        self.needs_design_review = needs_design_review
        self.needs_mid_inspection = needs_mid_inspection
        self.suggested_connection_on = suggested_connection_on

    @step(State.PLAN_ISSUED, State.PLAN_SIGNED, is_customer, "供电方案签字确认", page="sign")
    def sign_supply_plan(self, *, plan_expires_on, **_):
        self.plan_expires_on = plan_expires_on

    @step(State.PLAN_ISSUED, State.SURVEYING, is_customer, "对供电方案提出异议", page="object")
    def object_to_supply_plan(self, **_):
        pass

    @step(
        State.PLAN_SIGNED,
        State.DESIGN_OPEN,
        is_manager,
        "推送至设计文件送审",
        condition=leads_to(Stage.DESIGN),
        form="ConfirmForm",
    )
    def open_design_review(self, **_):
        pass

    @step(State.DESIGN_OPEN, State.DESIGN_SUBMITTED, is_customer, "提交设计文件送审", page="submission")
    def submit_design(self, **_):
        pass

    @step(State.DESIGN_SUBMITTED, State.DESIGN_OPINION_ISSUED, is_manager, "出具设计文件审核意见单", form="OpinionForm")
    def issue_design_opinion(self, **_):
        pass

    @step(
        State.DESIGN_OPINION_ISSUED,
        RETURN_VALUE(State.DESIGN_OPINION_SIGNED, State.DESIGN_OPEN),
        is_customer,
        "设计文件审核意见单签字",
        page="sign",
    )
    def sign_design_opinion(self, **_):
        return State.DESIGN_OPINION_SIGNED if self._passed(PaperKind.DESIGN_OPINION) else State.DESIGN_OPEN

    @step(
        [State.PLAN_SIGNED, State.DESIGN_OPINION_SIGNED],
        State.MID_OPEN,
        is_manager,
        "推送至中间检查",
        condition=leads_to(Stage.MID),
        form="ConfirmForm",
    )
    def open_mid_inspection(self, **_):
        pass

    @step(State.MID_OPEN, State.MID_SUBMITTED, is_customer, "提交中间检查申请", page="submission")
    def submit_mid_inspection(self, **_):
        pass

    @step(State.MID_SUBMITTED, State.MID_NOTICE_ISSUED, is_manager, "出具中间检查意见单", form="OpinionForm")
    def issue_mid_notice(self, **_):
        pass

    @step(
        State.MID_NOTICE_ISSUED,
        RETURN_VALUE(State.MID_NOTICE_SIGNED, State.MID_OPEN),
        is_customer,
        "中间检查意见单签字",
        page="sign",
    )
    def sign_mid_notice(self, **_):
        return State.MID_NOTICE_SIGNED if self._passed(PaperKind.MID_NOTICE) else State.MID_OPEN

    @step(
        [State.PLAN_SIGNED, State.DESIGN_OPINION_SIGNED, State.MID_NOTICE_SIGNED],
        State.COMPLETION_OPEN,
        is_manager,
        "推送至竣工报验",
        condition=leads_to(Stage.COMPLETION),
        form="ConfirmForm",
    )
    def open_completion(self, **_):
        pass

    @step(State.COMPLETION_OPEN, State.COMPLETION_SUBMITTED, is_customer, "提交竣工报验", page="submission")
    def submit_completion(self, **_):
        pass

    @step(
        State.COMPLETION_SUBMITTED,
        State.COMPLETION_OPINION_ISSUED,
        is_manager,
        "出具竣工检验意见单",
        form="OpinionForm",
    )
    def issue_completion_opinion(self, **_):
        pass

    @step(
        State.COMPLETION_OPINION_ISSUED,
        RETURN_VALUE(State.COMPLETION_OPINION_SIGNED, State.COMPLETION_OPEN),
        is_customer,
        "竣工检验意见单签字",
        page="sign",
    )
    def sign_completion_opinion(self, **_):
        passed = self._passed(PaperKind.COMPLETION_OPINION)
        return State.COMPLETION_OPINION_SIGNED if passed else State.COMPLETION_OPEN

    @step(State.COMPLETION_OPINION_SIGNED, State.CONTRACT_OPEN, is_manager, "推送至合同签订", form="ContractForm")
    def open_contract(self, **_):
        pass

    @step(State.CONTRACT_OPEN, State.CONTRACT_SIGNED, is_customer, "合同签订", page="contract")
    def sign_contract(self, *, contract_method, **_):
        self.contract_method = contract_method

    @step(
        State.CONTRACT_SIGNED,
        State.CONTRACT_OPEN,
        is_manager,
        "退回合同扫描件",
        condition=contract_was_scanned,
        form="ReasonForm",
    )
    def reject_contract_scan(self, **_):
        self.contract_method = ""

    @step(State.CONTRACT_SIGNED, State.ARCHIVED, is_manager, "送电并归档", form="ArchiveForm")
    def archive(self, *, energised_on, meter_reading, **_):
        self.energised_on = energised_on
        self.meter_reading = meter_reading

    @step(State.open_states, State.TERMINATED, is_manager, "终止工单", form="ReasonForm")
    def terminate(self, **_):
        pass

    @step(State.withdrawable_states, State.TERMINATED, is_customer, "撤回申请", page="withdraw")
    def withdraw(self, **_):
        pass

    @property
    def next_stage(self):
        """The stage to open after the last signed paper, by the two flags the supply plan set; None elsewhere."""
        if self.state == State.PLAN_SIGNED and self.needs_design_review:
            return Stage.DESIGN
        if self.state in (State.PLAN_SIGNED, State.DESIGN_OPINION_SIGNED) and self.needs_mid_inspection:
            return Stage.MID
        if self.state in (State.PLAN_SIGNED, State.DESIGN_OPINION_SIGNED, State.MID_NOTICE_SIGNED):
            return Stage.COMPLETION
        return None

    def _passed(self, kind):
        return self.papers.filter(kind=kind).latest("round").verdict == Verdict.PASS
