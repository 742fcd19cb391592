"""The facts that lines of the trace keep beside their words: one name, one meaning, whatever wrote the line.

Papers, hand-ins, seals, people and areas are kept by id, with their title of that moment beside it. The words of a
reason, an opinion or a remark are the line's note, not a fact.
"""

# The order's numbers, drawn at the acceptance, and whom it was given to.
ACCEPTANCE = ("number", "account_number", "manager_id", "manager")
# Which paper, the hash of the line's file after the act, and the seal that was put on it.
PAPER = ("paper_id", "paper", "sha256", "seal_id", "seal")
HAND_IN = ("submission_id", "submission")
# The terms of a supply plan: capacity in kVA, voltage in kV.
PLAN = (
    "capacity", "voltage", "supply_mode", "source", "demarcation", "metering", "tariff", "power_factor", "fees",
    "needs_design_review", "needs_mid_inspection", "suggested_connection_on",
)  # fmt: skip
# When who comes for the survey.
VISIT = ("survey_at", "surveyor")
# `verdict` is "pass" or "fail" (workorders.enums.Verdict).
OPINION = (*PAPER, "verdict", "mend_by")

FACTS = frozenset(
    {
        *ACCEPTANCE,
        *PLAN,
        *OPINION,
        *HAND_IN,
        "application_number",
        # The unit that the order was given to.
        "area_id",
        "area",
        *VISIT,
        # When the customer would like the survey.
        "intended_survey_at",
        # The last day on which the supply plan binds.
        "plan_expires_on",
        # How the contract was signed, and the phone that confirmed the act.
        "contract_method",
        "confirmed_phone",
        "confirmed_at",
        "term_years",
        "sign_place",
        "energised_on",
        "meter_reading",
        # A request for papers or corrections (补正).
        "request_id",
        # The attachment, document or chat room that a member of staff opened.
        "file_id",
        # A paper that followed after its round was handed in.
        "attachment_id",
    }
)
