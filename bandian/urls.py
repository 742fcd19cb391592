from django.contrib import admin
from django.urls import include, path

from bandian import views
from notifications import channel_views

admin.site.site_header = "办电E助手 · 客户经理工作台"
admin.site.site_title = "办电E助手"
admin.site.index_title = "工作台"
admin.site.enable_nav_sidebar = False

urlpatterns = [
    path("", include("workorders.urls")),
    path("account/", include("accounts.urls")),
    path("seals/", include("signing.seals_urls")),
    path("check/", include("signing.check_urls")),
    path("pki/", include("signing.pki_urls")),
    path("chat/", include("chat.urls")),
    path("messages/", include("notifications.urls")),
    path("sw.js", channel_views.service_worker, name="service_worker"),
    path("admin/r/<path:rest>", views.nothing, name="nothing_on_site"),
    path("admin/", admin.site.urls),
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("csp-report/", views.csp_report, name="csp_report"),
]
