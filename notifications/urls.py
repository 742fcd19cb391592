from django.urls import path

from notifications.views import channel_pages, inbox_pages

app_name = "notifications"
urlpatterns = [
    path("", inbox_pages.inbox, name="inbox"),
    path("read/", inbox_pages.mark_all_read, name="mark_all_read"),
    path("unread/", inbox_pages.unread, name="unread"),
    path("settings/", channel_pages.preferences, name="settings"),
    path("check/", channel_pages.check, name="check"),
    path("check/test/", channel_pages.send_test, name="send_test"),
    path("push/", channel_pages.subscribe, name="subscribe"),
    path("push/end/", channel_pages.unsubscribe, name="unsubscribe"),
    path("<uuid:pk>/", inbox_pages.open_message, name="open"),
]
