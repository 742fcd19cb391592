"""竣工报验申请表: made from the draft, for the customer to read and sign before it is handed in."""

from accounts.models import User
from bandian.db.locks import atomic
from signing.models import Document
from signing.services import issue, void
from workorders import papers
from workorders.enums import Stage
from workorders.journey import submissions
from workorders.locks import locked
from workorders.models import Submission, WorkOrder


@atomic
def prepare(order: WorkOrder, *, by: User) -> Submission:
    """Make the form anew from the open round; what was made before and never signed falls away, and is void.

    Raises Conflict where the completion is not due.
    """
    with locked(order, "submit_completion") as order:
        submission = submissions.open_round(order, Stage.COMPLETION)
        void(Document.objects.filter(submission=submission), reason="申请表已重新生成")
        content = papers.make_completion_request(order, submission)
        submission.document = issue(content, title=f"竣工报验申请表 {order}", by=by)
        submission.basis = papers.completion_basis(order, submission)
        submission.save(update_fields=["document", "basis"])
    return submission
