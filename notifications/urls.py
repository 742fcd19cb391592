from django.urls import path

from notifications import channel_views, views

app_name = "notifications"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("read/", views.mark_all_read, name="mark_all_read"),
    path("unread/", views.unread, name="unread"),
    path("settings/", channel_views.preferences, name="settings"),
    path("check/", channel_views.check, name="check"),
    path("check/test/", channel_views.send_test, name="send_test"),
    path("push/", channel_views.subscribe, name="subscribe"),
    path("push/end/", channel_views.unsubscribe, name="unsubscribe"),
    path("<uuid:pk>/", views.open_message, name="open"),
]
