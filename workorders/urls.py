from django.urls import path

from workorders.views import application, files, home, order, signing, steps, submission, uploading

app_name = "workorders"
urlpatterns = [
    path("", home.home, name="home"),
    path("functions/", home.functions, name="functions"),
    path("assistant/", home.assistant, name="assistant"),
    path("assistant/progress/", home.progress_list, name="progress"),
    path("records/", home.records, name="records"),
    path("regions/", home.region_options, name="regions"),
    path("new/", application.new, name="new"),
    path("orders/<uuid:pk>/", order.order, name="order"),
    path("orders/<uuid:pk>/region/", application.region, name="region"),
    path("orders/<uuid:pk>/application/", application.application, name="application"),
    path("orders/<uuid:pk>/application/save/", application.autosave, name="autosave"),
    path("orders/<uuid:pk>/check/", application.check, name="check"),
    path("orders/<uuid:pk>/submitted/", application.submitted, name="submitted"),
    path("orders/<uuid:pk>/supplement/", order.supplement, name="supplement"),
    path("orders/<uuid:pk>/manager/", order.manager, name="manager"),
    path("orders/<uuid:pk>/survey/", steps.survey, name="survey"),
    path("orders/<uuid:pk>/object/", steps.object_to_plan, name="object"),
    path("orders/<uuid:pk>/withdraw/", steps.withdraw, name="withdraw"),
    path("orders/<uuid:pk>/submission/", submission.submission, name="submission"),
    path("orders/<uuid:pk>/submission/sign/", submission.completion_sign, name="completion_sign"),
    path("orders/<uuid:pk>/sign/", signing.sign, name="sign"),
    path("orders/<uuid:pk>/contract/", signing.contract, name="contract"),
    path("orders/<uuid:pk>/contract/sign/", signing.contract_sign, name="contract_sign"),
    path("orders/<uuid:pk>/contract/scan/", signing.contract_scan, name="contract_scan"),
    path("orders/<uuid:pk>/files/<slug:kind>/", uploading.upload, name="upload"),
    path("orders/<uuid:pk>/attachments/<uuid:attachment>/", files.attachment, name="attachment"),
    path(
        "orders/<uuid:pk>/attachments/<uuid:attachment>/download/",
        files.attachment_download,
        name="attachment_download",
    ),
    path(
        "orders/<uuid:pk>/attachments/<uuid:attachment>/pages/<int:page>/",
        files.attachment_page,
        name="attachment_page",
    ),
    path("orders/<uuid:pk>/attachments/<uuid:attachment>/remove/", uploading.remove, name="remove"),
    path("orders/<uuid:pk>/documents/<uuid:document>/", files.document, name="document"),
    path("orders/<uuid:pk>/documents/<uuid:document>/download/", files.document_download, name="document_download"),
    path(
        "orders/<uuid:pk>/documents/<uuid:document>/versions/<int:number>/",
        files.document_download,
        name="document_version",
    ),
    path("orders/<uuid:pk>/documents/<uuid:document>/pages/<int:page>/", files.document_page, name="document_page"),
]
