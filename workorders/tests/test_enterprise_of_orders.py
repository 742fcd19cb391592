"""What an order says of an enterprise is not asked again."""

from django.urls import reverse

from signing.models import Seal
from signing.seals import known_papers
from workorders.demo import driver, samples


def test_empty_enterprise_form_begins_with_what_the_latest_order_says(customer, browser_of):
    driver.start(customer, company="演示旧公司")
    driver.start(customer)

    page = browser_of(customer).get(reverse("accounts:enterprise")).content.decode()

    assert 'value="演示精密制造有限公司"' in page
    assert 'value="91330100MABCDEF10F"' in page
    assert "已按您的办电申请填好" in page


def test_papers_given_with_an_order_are_not_asked_for_again(customer, enterprise, browser_of):
    order = driver.start(customer)
    http = browser_of(customer)
    answers = {"kind": "official", "origin": "generated", "size_mm": "42", "agreed": "on"}

    page = http.get(reverse("seals:apply")).content.decode()
    assert "已有您" in page
    assert "用电人主体证明（营业执照等）" in page
    files = {kind: samples.photo(kind) for kind in ("legal_id", "authorisation")}
    http.post(reverse("seals:apply"), answers | files)

    papers = {paper.kind: paper for paper in Seal.objects.get().papers.all()}
    assert papers.keys() == {"licence", "handler_id", "legal_id", "authorisation"}
    given = order.submissions.get().attachments.get(kind="licence")
    assert papers["licence"].sha256 == given.sha256
    assert papers["licence"].file.name != given.file.name


def test_papers_of_another_person_or_enterprise_are_no_ones_own(customer, colleague, enterprise):
    driver.start(customer)
    driver.start(colleague, credit_code="91320100MA1DEM0A9A")
    colleague.enterprise = enterprise
    colleague.save()

    assert known_papers.of(customer).keys() == {"licence", "handler_id"}
    assert known_papers.of(colleague) == {}
