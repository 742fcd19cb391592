from django.urls import path

from chat.views import files, joining, lines, live, members, rooms

app_name = "chat"
urlpatterns = [
    path("", rooms.rooms, name="rooms"),
    path("join/<slug:token>/", joining.start, name="join_start"),
    path("join/<slug:token>/code/", joining.code, name="join_code"),
    path("join/<slug:token>/details/", joining.details, name="join_details"),
    path("replies/", lines.replies, name="replies"),
    path("<uuid:pk>/", rooms.room, name="room"),
    path("<uuid:pk>/messages/", rooms.post, name="post"),
    path("<uuid:pk>/messages/<uuid:message>/recall/", lines.recall, name="recall"),
    path("<uuid:pk>/messages/<uuid:message>/original/", lines.original, name="original"),
    path("<uuid:pk>/files/", files.upload, name="upload"),
    path("<uuid:pk>/files/<uuid:attachment>/", files.file, name="file"),
    path("<uuid:pk>/files/<uuid:attachment>/download/", files.download, name="download"),
    path("<uuid:pk>/files/<uuid:attachment>/thumb/", files.thumb, name="thumb"),
    path("<uuid:pk>/sync/", live.sync, name="sync"),
    path("<uuid:pk>/history/", live.history, name="history"),
    path("<uuid:pk>/read/", live.read, name="read"),
    path("<uuid:pk>/join/", rooms.join, name="join"),
    path("<uuid:pk>/search/", lines.search, name="search"),
    path("<uuid:pk>/transcript/", lines.export, name="transcript"),
    path("<uuid:pk>/members/", members.listing, name="members"),
    path("<uuid:pk>/members/mute/", members.mute, name="mute"),
    path("<uuid:pk>/members/<uuid:member>/remove/", members.remove, name="remove"),
    path("<uuid:pk>/invite/", members.invite, name="invite"),
    path("<uuid:pk>/invitations/<uuid:invitation>/", members.invitation, name="invitation"),
    path("<uuid:pk>/invitations/<uuid:invitation>/again/", members.again, name="again"),
    path("<uuid:pk>/invitations/<uuid:invitation>/revoke/", members.revoke, name="revoke"),
]
