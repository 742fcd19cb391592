from django.contrib import admin
from django.urls import include, path

from bandian.web import pages
from notifications.views import channel_pages

admin.site.site_header = "办电E助手 · 客户经理工作台"
admin.site.site_title = "办电E助手"
admin.site.index_title = "工作台"
admin.site.enable_nav_sidebar = False

handler500 = "bandian.web.pages.server_error"

urlpatterns = [
    path("", include("workorders.urls")),
    path("account/", include("accounts.urls")),
    path("seals/", include("signing.urls.seal_urls")),
    path("check/", include("signing.urls.check_urls")),
    path("pki/", include("signing.urls.pki_urls")),
    path("chat/", include("chat.urls")),
    path("messages/", include("notifications.urls")),
    path("sw.js", channel_pages.service_worker, name="service_worker"),
    path("admin/r/<path:rest>", pages.nothing, name="nothing_on_site"),
    path("admin/", admin.site.urls),
    path("livez", pages.livez, name="livez"),
    path("readyz", pages.readyz, name="readyz"),
    path("csp-report/", pages.csp_report, name="csp_report"),
]
