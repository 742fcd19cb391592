import pytest
from django.conf import settings as django_settings
from django.urls import reverse

from notifications.enums import Channel, Kind
from notifications.models import Notification, Preference, PushSubscription
from notifications.outbox import push
from notifications.outbox.tests.browsers import Browser
from notifications.personal import erase, export
from notifications.services import notify

SETTINGS, CHECK = reverse("notifications:settings"), reverse("notifications:check")
SUBSCRIBE, UNSUBSCRIBE = reverse("notifications:subscribe"), reverse("notifications:unsubscribe")
TEST = reverse("notifications:send_test")
ENDPOINT = "https://updates.push.services.mozilla.com/wpush/v2/abc"


@pytest.fixture
def signed_in(client, customer):
    client.force_login(customer)
    return client


def wishes(form, **changes):
    return {name: field.initial for name, field in form.fields.items()} | changes


def test_settings_begin_with_sms_for_actions_and_push_for_the_rest(signed_in):
    initial = wishes(signed_in.get(SETTINGS).context["form"])

    for_staff = set(Kind.for_staff)
    assert {kind for kind, channel in initial.items() if channel == Channel.SMS} == set(Kind.actions) - for_staff
    assert {kind for kind, channel in initial.items() if channel == Channel.PUSH} == set(Kind.chosen) - set(
        Kind.actions
    )


def test_settings_are_kept_and_shown_again(signed_in, customer, outsider):
    form = signed_in.get(SETTINGS).context["form"]

    for channel in (Channel.PUSH, Channel.SITE):
        assert signed_in.post(SETTINGS, wishes(form, sign=channel)).url == SETTINGS

    assert wishes(signed_in.get(SETTINGS).context["form"])["sign"] == Channel.SITE
    assert Preference.objects.filter(user=customer, kind="sign").count() == 1
    assert not Preference.objects.filter(user=outsider).exists()


@pytest.mark.parametrize("change", [{"sign": "fax"}, {"message": "sms"}, {"sign": ""}])
def test_way_that_does_not_exist_is_refused_and_named(signed_in, change):
    form = signed_in.get(SETTINGS).context["form"]

    response = signed_in.post(SETTINGS, wishes(form, **change))

    assert list(response.context["form"].errors) == list(change)
    assert not Preference.objects.exists()


def test_alerts_are_no_matter_of_taste(signed_in):
    assert "seal" not in signed_in.get(SETTINGS).context["form"].fields
    assert "不能关闭" in signed_in.get(SETTINGS).content.decode()


def test_browser_subscribes_and_leaves(signed_in, customer):
    keys = Browser().keys

    assert signed_in.post(SUBSCRIBE, {"endpoint": ENDPOINT} | keys).status_code == 204
    row = PushSubscription.objects.get()
    assert (row.user, row.endpoint, row.p256dh, row.auth) == (customer, ENDPOINT, keys["p256dh"], keys["auth"])

    assert signed_in.post(UNSUBSCRIBE, {"endpoint": ENDPOINT}).status_code == 204
    assert not PushSubscription.objects.exists()


def test_browser_belongs_to_whoever_subscribed_last(signed_in, client, customer, outsider):
    signed_in.post(SUBSCRIBE, {"endpoint": ENDPOINT} | Browser().keys)
    client.force_login(outsider)
    client.post(SUBSCRIBE, {"endpoint": ENDPOINT} | Browser().keys)

    assert PushSubscription.objects.get().user == outsider


def test_browser_of_another_cannot_be_unsubscribed(signed_in, outsider):
    PushSubscription.objects.create(user=outsider, endpoint=ENDPOINT, **Browser().keys)

    signed_in.post(UNSUBSCRIBE, {"endpoint": ENDPOINT})

    assert PushSubscription.objects.exists()


def test_oldest_browser_one_too_many_goes(signed_in, customer):
    for number in range(push.MOST_PER_USER + 2):
        signed_in.post(SUBSCRIBE, {"endpoint": f"{ENDPOINT}{number}"} | Browser().keys)

    endpoints = list(PushSubscription.objects.values_list("endpoint", flat=True))
    assert endpoints == [f"{ENDPOINT}{number}" for number in range(2, push.MOST_PER_USER + 2)]


@pytest.mark.parametrize(
    "change",
    [
        {"endpoint": "https://evil.example/"},
        {"endpoint": "http://169.254.169.254/latest/"},
        {"endpoint": ENDPOINT + "x" * 500},
        {"endpoint": ""},
        {"p256dh": "AAAA"},
        {"auth": ""},
    ],
)
def test_subscription_that_is_none_is_refused_in_words(signed_in, change):
    response = signed_in.post(SUBSCRIBE, {"endpoint": ENDPOINT} | Browser().keys | change)

    assert response.status_code == 422
    assert response.json()["error"]
    assert not PushSubscription.objects.exists()


def test_self_check_has_a_remedy_for_each_finding(signed_in, customer):
    page = signed_in.get(CHECK).content.decode()

    for state in ("offline", "shut", "open", "denied", "default", "granted", "unsupported", "off", "on", "failed"):
        assert f'data-when="{state}"' in page or f"{state} " in page
    assert customer.masked_phone in page


@pytest.mark.parametrize("page", ["/messages/", "/account/me/", "/help/"])
def test_self_check_is_found_where_people_look_for_it(signed_in, page):
    assert CHECK in signed_in.get(page).content.decode()


def test_test_message_goes_to_oneself(signed_in, customer):
    answer = signed_in.post(TEST, headers={"accept": "application/json"})

    row = Notification.objects.get()
    assert (row.user, row.kind, answer.json()) == (customer, Kind.TEST, {"id": row.pk.hex})


def test_test_message_without_script_leads_back_to_the_page(signed_in):
    response = signed_in.post(TEST, follow=True)

    assert response.redirect_chain == [(CHECK, 302)]
    assert "测试消息已发出" in response.content.decode()


@pytest.mark.parametrize(("accept", "status"), [("application/json", 429), ("text/html", 302)])
def test_flood_of_test_messages_is_stopped(signed_in, accept, status):
    for _ in range(5):
        signed_in.post(TEST)

    assert signed_in.post(TEST, headers={"accept": accept}).status_code == status
    assert Notification.objects.count() == 5


def test_service_worker_is_open_to_all_and_a_script(client):
    response = client.get("/sw.js")

    assert response.status_code == 200
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert "showNotification" in response.content.decode()


def test_logging_out_ends_the_messages_to_this_browser_for_this_account_alone(signed_in, customer, outsider):
    for number, user in enumerate((customer, outsider)):
        PushSubscription.objects.create(user=user, endpoint=f"{ENDPOINT}{number}", **Browser().keys)

    signed_in.post(reverse("accounts:logout"), {"endpoint": f"{ENDPOINT}1"})
    signed_in.force_login(customer)
    response = signed_in.post(reverse("accounts:logout"), {"endpoint": f"{ENDPOINT}0"})

    assert PushSubscription.objects.get().user == outsider
    assert "storage" not in response["Clear-Site-Data"]  # it would end the subscription of the others too


@pytest.mark.parametrize("count", [1, 3])
def test_pages_take_the_same_queries_for_any_number(signed_in, customer, count, django_assert_num_queries):
    for number in range(count):
        PushSubscription.objects.create(user=customer, endpoint=f"{ENDPOINT}{number}", **Browser().keys)
        Preference.objects.create(user=customer, kind=Kind.chosen[number], channel=Channel.SITE)
    signed_in.get(CHECK)

    with django_assert_num_queries(4):  # session, user, browsers, unread count
        signed_in.get(CHECK)
    with django_assert_num_queries(4):  # session, user, wishes, unread count
        signed_in.get(SETTINGS)


def test_personal_data_hold_wishes_and_browsers_until_they_are_erased(customer, outsider):
    for user in (customer, outsider):
        Preference.objects.create(user=user, kind=Kind.SIGN, channel=Channel.SITE)
        PushSubscription.objects.create(user=user, endpoint=ENDPOINT + user.phone, **Browser().keys)
        notify([user], kind=Kind.SIGN, title="供电方案答复", sms="请签字")

    data = export(customer)
    erase(customer)

    assert data["消息设置"] == {"待签文书": "只在站内"}
    assert [row["地址"] for row in data["推送订阅"]] == [ENDPOINT + customer.phone]
    assert export(customer) == {"消息": [], "消息设置": {}, "推送订阅": []}
    assert export(outsider)["消息设置"]
    assert django_settings.PERSONAL_DATA_HOLDERS.count("notifications.personal") == 1
