from django.contrib import admin
from django.urls import include, path

admin.site.site_header = "办电E助手 · 客户经理工作台"
admin.site.site_title = "办电E助手"
admin.site.index_title = "工作台"
admin.site.enable_nav_sidebar = False

urlpatterns = [
    path("", include("workorders.urls")),
    path("account/", include("accounts.urls")),
    path("messages/", include("notifications.urls")),
    path("admin/", admin.site.urls),
]
