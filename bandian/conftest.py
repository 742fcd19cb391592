"""The cast of the authorisation matrix and one of every object, made once and put back for each module."""

from datetime import date
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings as django_settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.http import SimpleCookie
from django.test import Client, override_settings
from django.utils import timezone

from accounts.admin.tests.test_admin import photo
from accounts.enums import Role
from accounts.models import Enterprise, ManagerCard, User
from bandian.tests import again, matrix, routes, seen
from chat.enums import MemberRole
from chat.messaging import attachments, numbering, posting, recalling
from chat.models import Room
from chat.rooms import inviting, links, membership
from notifications.models import Notification
from signing import drafts
from signing.enums import SealKind
from signing.models import Certificate
from signing.pki import keys
from signing.seals.tests import sealing
from signing.tests import making
from workorders.complaints import feedback_box
from workorders.demo import driver, people, samples
from workorders.enums import AttachmentKind, State
from workorders.models import (
    AreaRegion,
    Attachment,
    CalendarDay,
    FollowUp,
    Limit,
    Promise,
    Rating,
    ServiceArea,
    SupplementRequest,
)

ROLES = {
    "contact": {"role": Role.CONTACT},
    "contractor": {"role": Role.CONTACT},
    "manager": {"role": Role.MANAGER},
    "far_manager": {"role": Role.MANAGER},
    "supervisor": {"role": Role.SUPERVISOR},
    "superuser": {"role": Role.SUPERVISOR, "is_superuser": True},
}


class World:
    """Everyone with a session of their own, and one order with all that belongs to it."""

    def __init__(self):
        self.users = {
            actor: User.objects.create_user(f"199000001{number:02}", "演示人员", **ROLES.get(actor, {}))
            for number, actor in enumerate(matrix.ACTORS)
            if actor != "anonymous"
        }
        self.sessions = {actor: self._session(user) for actor, user in self.users.items()}
        self.users["disabled"].is_active = False
        self.users["disabled"].save()
        customer, manager = self.users["customer"], self.users["manager"]
        people.verify(customer)
        enterprise = Enterprise.objects.create(
            name="演示精密制造有限公司",
            credit_code="91330100MABCDEF10F",
            legal_representative="演示法人",
            address="演示路",
        )
        customer.enterprise = enterprise
        customer.save()
        seal = sealing.pending(customer, SealKind.LEGAL)
        ManagerCard.objects.create(
            user=manager, company="演示供电公司", employee_number="YS01", mobile=manager.phone, photo=photo()
        )
        area = self._area("城西", "3301001", "3301", manager)
        self._area("城东", "3301002", "330105", self.users["far_manager"])
        self.draft = driver.start(customer)
        self.order = driver.start(customer, handler_phone=self.users["handler"].phone)
        self.order = driver.drive(self.order, State.PLAN_ISSUED, manager=manager)
        self.attachment = Attachment.objects.filter(submission__order=self.order).first()
        self.document = self.order.paper("supply_plan").document
        keys.platform_signer()
        certificate = Certificate.objects.get(subject_id="platform")
        feedback = feedback_box.give(kind="complaint", about="other", text="演示", order=None, by=customer)
        rating = Rating.objects.create(order=driver.start(customer), stars=5, by=customer)
        follow_up = FollowUp.objects.create(order=self.order, due_on=timezone.localdate())
        supplement = SupplementRequest.objects.create(
            order=self.order, kind="other", text="演示", due_on=timezone.localdate(), asked_by=manager
        )
        member, said, recalled, invitation = self._talk()
        notice = Notification.objects.create(user=customer, kind="step", title="供电方案已答复")
        order = {"pk": self.order.pk}
        attachment = order | {"attachment": self.attachment.pk}
        document = order | {"document": self.document.pk}
        # What fills the parameters of an address; each value of a kind can be missing or another's.
        self.things = {
            "-": {},
            "order": order,
            "draft": {"pk": self.draft.pk},
            "attachment": attachment,
            "attachment_page": attachment | {"page": 1},
            "document": document,
            "document_page": document | {"page": 1},
            "document_version": document | {"number": 0},
            "order_seal": order | {"seal": uuid4()},
            "check_code": {"code": self.document.code},
            "kind": order | {"kind": AttachmentKind.values[0]},
            "step": order | {"name": "terminate"},
            "ending": {"ending": "csv"},
            "preview": order | {"name": "issue_supply_plan"},
            "draft_page": {"draft": drafts.keep(making.paper(), by=manager).pk, "page": 1},
            "notice": {"pk": notice.pk},
            "said": order | {"message": said.pk},
            "recalled": order | {"message": recalled.pk},
            "shared": order | {"attachment": said.attachment.pk},
            "member": order | {"member": member.pk},
            "invitation": order | {"invitation": invitation.pk},
            "link": {"token": links.token_of(invitation)},
            "seal": {"pk": seal.pk},
            "seal_paper": {"paper": seal.papers.get().pk, "page": 1},
            "admin_seal": {"object_id": seal.pk},
            "certificate": {"pk": certificate.pk},
            "admin_certificate": {"object_id": certificate.pk},
            "request": order | {"supplement": supplement.pk},
            "feedback": {"pk": feedback.pk},
            "admin_feedback": {"object_id": feedback.pk},
            "admin_rating": {"object_id": rating.pk},
            "follow_up": {"pk": follow_up.pk},
            "admin_follow_up": {"object_id": follow_up.pk},
            "manager": {"pk": manager.pk},
            "login": {"pk": customer.sessions.get().public_id},
            "person": {"pk": customer.pk},
            "admin_order": {"object_id": self.order.pk},
            "admin_document": {"object_id": self.document.pk},
            "admin_user": {"object_id": customer.pk, "id": customer.pk},
            "admin_enterprise": {"object_id": enterprise.pk},
            "admin_area": {"object_id": area.pk},
            "admin_limit": {"object_id": Limit.objects.create(state=State.SUBMITTED, days=1).pk},
            "admin_promise": {"object_id": Promise.objects.create(days=30).pk},
            "admin_day": {"object_id": CalendarDay.objects.create(day=date(2026, 10, 1), is_working=False).pk},
            "on_site": {
                "content_type_id": ContentType.objects.get_for_model(self.order).pk,
                "object_id": self.order.pk,
            },
            "on_site_rest": {"rest": "1/1/"},
            "app": {"app_label": "workorders"},
            "nothing": {"url": "no-such-page/"},
        }
        self.made_at = timezone.now()

    def __getstate__(self):
        """Leave out what a test put there: see bandian.tests.again."""
        return {name: value for name, value in vars(self).items() if name != "client"}

    def browser(self, actor):
        """Return a client logged in as the actor, for changes that have to last through the test."""
        client = Client(raise_request_exception=False)
        client.cookies[django_settings.SESSION_COOKIE_NAME] = self.sessions[actor]
        return client

    def send(self, actor, method, path, data=None, **extra):
        """Return the answer; whatever the request changed is undone."""
        self.client.cookies = SimpleCookie()
        if actor in self.sessions:
            self.client.cookies[django_settings.SESSION_COOKIE_NAME] = self.sessions[actor]
        with transaction.atomic():
            response = getattr(self.client, method.lower())(path, data or {}, **extra)
            transaction.set_rollback(True)
        response.close()
        return response

    def look(self, actor, url, method="GET"):
        """Return the answer (`seen.Answer`), which another test may have had before: for those that changed nothing."""
        return seen.once(self.made_at, (actor, method, url), lambda: self.send(actor, method, url))

    def path(self, name, thing="-", **changes):
        return routes.pages()[name].path(**self.things[thing] | changes)

    def missing(self, thing):
        """Return the parameters of an object that is not there."""
        return {name: uuid4() if len(str(value)) == 36 else value for name, value in self.things[thing].items()}

    def _talk(self):
        """Bring the contractor into the order's room, show a photo there, and invite one more."""
        customer, contractor = self.users["customer"], self.users["contractor"]
        people.verify(contractor)
        room = Room.objects.get(pk=self.order.pk)
        member = membership.add(numbering.lock(room.pk), contractor, MemberRole.CONSTRUCTION)
        draft = posting.Draft(uuid4(), file=attachments.take(samples.photo("现场")))
        said, _ = posting.post(room, draft, by=customer)
        recalled, _ = posting.post(room, posting.Draft(uuid4(), "打错了"), by=contractor)
        recalling.recall(recalled, by=contractor)
        person = {"role": MemberRole.DESIGN, "name": "演示设计", "phone": "19900000099"}
        return member, said, recalled, inviting.invite(room, by=customer, **person)

    def _session(self, user):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        client.get("/account/terms/")  # from here on the session is one that has begun
        return client.cookies[django_settings.SESSION_COOKIE_NAME].value

    def _area(self, name, code, prefix, manager):
        area = ServiceArea.objects.create(
            name=name, code=code, company="演示供电公司", credit_code="91320100MA1DEM0A9A", address="浙江省杭州市"
        )
        AreaRegion.objects.create(area=area, prefix=prefix)
        area.managers.add(manager)
        return area


@pytest.fixture(scope="module")
def made_world(settings_of_all, django_db_setup, django_db_blocker, tmp_path_factory):
    folders = {name: tmp_path_factory.mktemp(name.lower()) for name in again.FOLDERS}
    with django_db_blocker.unblock(), override_settings(**folders), transaction.atomic():
        world = again.again("world", World, forever=True)
        world.folders = folders
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def world(made_world, db, settings, test_settings):
    """The module's world at the moment when it was made, so that no session gets old; each test leaves it as it was."""
    for name, folder in made_world.folders.items():
        setattr(settings, name, folder)
    # A new one each time: middleware reads some settings when the first request comes.
    made_world.client = Client(raise_request_exception=False)
    with time_machine.travel(made_world.made_at):
        yield made_world
