from django.urls import path

from chat.views import archive, conversation, joining, live, people, quick_replies, recall, transfers

app_name = "chat"
urlpatterns = [
    path("", conversation.rooms, name="rooms"),
    path("join/<slug:token>/", joining.start, name="join_start"),
    path("join/<slug:token>/code/", joining.code, name="join_code"),
    path("join/<slug:token>/details/", joining.details, name="join_details"),
    path("replies/", quick_replies.replies, name="replies"),
    path("<uuid:pk>/", conversation.room, name="room"),
    path("<uuid:pk>/messages/", conversation.post, name="post"),
    path("<uuid:pk>/messages/<uuid:message>/recall/", recall.recall, name="recall"),
    path("<uuid:pk>/messages/<uuid:message>/original/", recall.original, name="original"),
    path("<uuid:pk>/files/", transfers.upload, name="upload"),
    path("<uuid:pk>/files/<uuid:attachment>/", transfers.file, name="file"),
    path("<uuid:pk>/files/<uuid:attachment>/download/", transfers.download, name="download"),
    path("<uuid:pk>/files/<uuid:attachment>/thumb/", transfers.thumb, name="thumb"),
    path("<uuid:pk>/sync/", live.sync, name="sync"),
    path("<uuid:pk>/history/", live.page, name="history"),
    path("<uuid:pk>/read/", live.read, name="read"),
    path("<uuid:pk>/join/", conversation.join, name="join"),
    path("<uuid:pk>/search/", archive.search, name="search"),
    path("<uuid:pk>/transcript/", archive.export, name="transcript"),
    path("<uuid:pk>/members/", people.listing, name="members"),
    path("<uuid:pk>/members/mute/", people.mute, name="mute"),
    path("<uuid:pk>/members/<uuid:member>/remove/", people.remove, name="remove"),
    path("<uuid:pk>/invite/", people.invite, name="invite"),
    path("<uuid:pk>/invitations/<uuid:invitation>/", people.invitation, name="invitation"),
    path("<uuid:pk>/invitations/<uuid:invitation>/again/", people.again, name="again"),
    path("<uuid:pk>/invitations/<uuid:invitation>/revoke/", people.revoke, name="revoke"),
]
