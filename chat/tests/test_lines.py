"""How lines read: the same in the page, in the pattern that its script fills, and in what the script makes of it."""

import re
from uuid import uuid4

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import expect

from chat.messaging import attachments, numbering, posting, recalling, serializers
from chat.tests.talkers import Talker
from signing.tests import making
from workorders.demo import samples
from workorders.tests.people import Customer

# The id is left out: it is the goal of links, which lines that arrive do without.
MARKUP = r"""lines => lines.map(line => {
  const copy = line.cloneNode(true);
  copy.removeAttribute("id");
  return copy.outerHTML.replace(/\s+/g, " ").replace(/> /g, ">").replace(/ </g, "<");
})"""


@pytest.fixture
def talk(room, customer, manager, say):
    """Return a function that says something of every kind, with what could be taken for markup or for a name."""

    def have_it():
        question = say(manager, "配电房 {author.name} 的位置定了吗？<b>\n请回复")
        say(customer, "定了", reply_to=question.pk)
        say(customer, file=attachments.take(samples.photo("现场")))
        say(manager, file=attachments.take(SimpleUploadedFile("图纸 {body}.pdf", making.edited(making.paper(), arm))))
        recalling.recall(say(customer, "打错了"), by=customer)
        recalling.recall(say(manager, "打错了"), by=manager)
        recalling.recall(say(customer, "不合适的话"), by=manager, reason="含他人信息")
        with transaction.atomic():
            posting.announce(numbering.lock(room.pk), "最后一句", key="last")

    return have_it


def arm(pdf):
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


@pytest.mark.services
@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_line_that_arrives_is_the_line_of_a_new_page(new_context, live_site, talk, room, customer):
    person = Customer(new_context, live_site)
    person.come_in(customer)
    reader = Talker(person, room)
    reader.enter()
    talk()
    person.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(reader.line("最后一句")).to_be_visible()
    expect(reader.line("图纸 {body}.pdf")).to_contain_text("已去除")
    expect(reader.line("定了").locator("[data-state]").last).to_have_text("已读 1/1")
    arrived = person.page.locator(".line").evaluate_all(MARKUP)

    reader.enter()

    assert len(arrived) == room.messages.count()
    assert person.page.locator(".line").evaluate_all(MARKUP) == arrived
    assert person.complaints == []


def test_pattern_names_values_that_lines_have(talk, room, manager, browser_of):
    talk()
    page = browser_of(manager).get(room.get_absolute_url()).content.decode()

    patterns = re.findall(r'<template data-line-pattern="(\w+)">(.*?)</template>', page, re.DOTALL)

    lines = [serializers.message(row) for row in room.messages.with_parts()]
    known = {path for line in lines for path in paths(line)} | {"reads"}
    assert [whose for whose, _ in patterns] == ["mine", "others"]
    for _, pattern in patterns:
        named = set(re.findall(r"\{([\w.]+)\}", pattern))
        assert {"body", "author.name", "reply.text", "image.thumb", "file.size", "time"} <= named <= known
        assert set(re.findall(r'data-part="([\w.]+)"', pattern)) <= known


def paths(values, start=""):
    """Yield the names of all values, e.g. author.name."""
    for name, value in values.items():
        yield f"{start}{name}"
        if isinstance(value, dict):
            yield from paths(value, f"{start}{name}.")


def test_words_of_a_recall_are_those_for_its_reader(talk, room, customer, manager, browser_of):
    talk()
    found = {}
    for user in (customer, manager):
        page = browser_of(user).get(room.get_absolute_url()).content.decode().partition("<template")[0]
        found[user] = [told.strip() for told in re.findall(r'data-part="recalled">([^<]*)</p>', page)]

    by_manager = "演示经理 撤回了 演示客户 的一条消息，原因：含他人信息"
    assert found[customer] == ["您撤回了一条消息", "演示经理 撤回了一条消息", by_manager]
    assert found[manager] == ["演示客户 撤回了一条消息", "您撤回了一条消息", by_manager]


def test_page_after_a_refusal_leads_back_into_the_room(room, customer, say, browser_of):
    question = say(customer)
    say(customer, "回复", reply_to=question.pk)
    url = room.get_absolute_url()

    page = browser_of(customer).post(reverse("chat:post", args=[room.pk]), {"uuid": uuid4(), "body": ""})

    links = set(re.findall(r'href="([^"]*)"', page.content.decode().split("data-log")[1].split("</ol>")[0]))
    assert page.status_code == 422
    assert f"{url}?reply={question.pk}#composer" in links
    assert f"{url}?around={question.seq}#m{question.seq}" in links
    assert reverse("chat:recall", args=[room.pk, question.pk]) in links
    assert all(link.startswith(url) for link in links)
