"""签订日期 is filled by the act: on the signing page by each party, on the cover by whoever signs last."""

import io
import os
from pathlib import Path

import pypdfium2
import pytest
from django.utils import timezone
from pyhanko.pdf_utils.reader import PdfFileReader

from signing.check import verify
from signing.services import Act, issue, sign
from workorders import papers
from workorders.contract.tests.contracts import hand
from workorders.enums import PaperKind
from workorders.papers.tests.test_papers import DATA, order  # noqa: F401 - the fixture


def today():
    day = timezone.localdate()
    return {"y": str(day.year), "m": str(day.month), "d": str(day.day)}


def filled(document):
    """Return {owner: {part: value}} of the dates in the file as it is now."""
    with document.current.file.open() as file:
        reader = PdfFileReader(io.BytesIO(file.read()))
    found = {}
    for reference in reader.root["/AcroForm"]["/Fields"]:
        field = reference.get_object()
        name = str(field["/T"])
        if name.startswith("date-"):
            _, owner, _, part = name.split("-")
            found.setdefault(owner, {})[part] = str(field["/V"]) if "/V" in field else ""
    return found


def put(document, role, by):
    sign(document, Act(seen=document.current.sha256, hand=hand()), role=role, by=by)


@pytest.fixture
def contract(order, manager):  # noqa: F811
    made = papers.make(PaperKind.CONTRACT, order, DATA[PaperKind.CONTRACT])
    sealed = ("customer", "supplier")
    return issue(made, title="高压供用电合同", signers=("supplier", "customer"), sealed=sealed, by=manager)


def test_each_party_fills_its_date_and_the_last_one_the_cover(contract, manager, customer):
    whole = today()
    empty = dict.fromkeys(whole, "")
    assert filled(contract) == {"last": empty, "supplier": empty, "customer": empty}

    put(contract, "supplier", manager)
    assert filled(contract) == {"last": empty, "supplier": whole, "customer": empty}
    put(contract, "customer", customer)

    assert filled(contract) == {"last": whole, "supplier": whole, "customer": whole}
    with contract.current.file.open() as file:
        data = file.read()
    assert all(result.is_good for result in verify.check(data))
    report = verify.examine(data)
    assert not report.troubles
    assert [(each.trouble, each.added) for each in report.signatures] == [(None, ()), (None, ())]
    if folder := os.environ.get("SCREENSHOTS"):
        with pypdfium2.PdfDocument(data) as pdf:
            pdf.init_forms()
            for page in (0, len(pdf) - 1):
                pdf[page].render(scale=1.5).to_pil().save(Path(folder) / f"contract-{page}.png")


def test_contract_that_the_customer_alone_signs_leaves_the_suppliers_date_to_paper(order, manager, customer):  # noqa: F811
    made = papers.make(PaperKind.CONTRACT, order, DATA[PaperKind.CONTRACT])
    document = issue(made, title="高压供用电合同", signers=("customer",), sealed=("customer",), by=manager)

    put(document, "customer", customer)

    assert {owner: bool(parts["y"]) for owner, parts in filled(document).items()} == {"last": True, "customer": True}


def test_opinion_is_dated_by_the_customers_signature(order, manager, customer):  # noqa: F811
    made = papers.make(PaperKind.DESIGN_OPINION, order, DATA[PaperKind.DESIGN_OPINION])
    document = issue(made, title="意见单", signers=("customer",), by=manager)

    put(document, "customer", customer)

    assert filled(document) == {"customer": today()}
