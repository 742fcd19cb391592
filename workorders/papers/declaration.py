"""《用电申请登记内容》: the application's answers as a paper, for the dossier; identity numbers stay masked."""

from reportlab.platypus import Flowable

from workorders.models import WorkOrder
from workorders.papers import answers
from workorders.papers.blocks import form, section
from workorders.papers.layout import Outline, letterhead, render
from workorders.papers.values import given

TITLE = "用电申请登记内容"
_NUMBERS = "一二三四五六七八九"


def make(order: WorkOrder) -> bytes:
    def story(_outline: Outline) -> list[Flowable]:
        parts = letterhead(order, TITLE, number=f"申请编号：{given(order.application_number)}")
        for number, (title, rows) in zip(_NUMBERS, answers.sections(order.application), strict=False):
            parts += section(f"{number}、{title}", form([(label, given(value)) for label, value, _ in rows]))
        return parts

    return render(story, title=TITLE, order=order)
