"""The authorisation matrix: what each page answers to each of the eleven, one block per kind of right.

A block gives the answers to GET and POST in the order of ACTORS, then its pages, each with the thing that fills the
parameters of its address (conftest.World.things). 302 at the ends means: asked to log in. For the rest:
404 not there for you, 403 not for you, 405 not this way, 409 yours, but not now.

The order was filed by the customer and waits for the signature under the supply plan; the handler's phone stands in
the application; the manager's area serves it. The contractor is a contact in its room, the contact is in none.
"""

ACTORS = (
    "anonymous", "customer", "outsider", "handler", "contact", "contractor",
    "manager", "far_manager", "supervisor", "superuser", "disabled",
)  # fmt: skip

PAGES = """
# Everybody, also strangers.
GET  200 200 200 200 200 200 200 200 200 200 200
POST 405 405 405 405 405 405 405 405 405 405 405
    accounts:terms -
    accounts:privacy -
    workorders:help -
    workorders:figures -
    workorders:figures_csv -
    workorders:figures_json -
    pki:root -
    pki:crl -
    livez -
    readyz -
    service_worker -

# Browsers report what the policy stopped; nothing is told.
GET  405 405 405 405 405 405 405 405 405 405 405
POST 204 204 204 204 204 204 204 204 204 204 204
    csp_report -

# The way in; who is in already goes on to the start page.
GET  200 302 302 302 302 302 302 302 302 302 200
POST 200 302 302 302 302 302 302 302 302 302 200
    accounts:login -

GET  302 403 403 403 403 403 302 302 302 302 302
POST 302 403 403 403 403 403 302 302 302 302 302
    admin:login -

GET  200 200 200 200 200 200 200 200 200 200 200
POST 200 200 200 200 200 200 200 200 200 200 200
    accounts:login_code -
    accounts:register -
    accounts:reset -

# Is this file genuine? Anybody may ask.
GET  200 200 200 200 200 200 200 200 200 200 200
POST 200 200 200 200 200 200 200 200 200 200 200
    check:start -
    check:document check_code

# How long is left of the login? A stranger has none.
GET  200 200 200 200 200 200 200 200 200 200 200
POST 200 200 200 200 200 200 200 200 200 200 200
    accounts:session -

# Later steps of the way in: back to the first without it.
GET  302 302 302 302 302 302 302 302 302 302 302
POST 302 302 302 302 302 302 302 302 302 302 302
    accounts:login_verify -
    accounts:register_verify -
    accounts:register_details -
    accounts:reset_verify -
    accounts:reset_password -

# Later steps of a change of phone, likewise; the desk has no password page of its own.
GET  302 302 302 302 302 302 302 302 302 302 302
POST 302 302 302 302 302 302 302 302 302 302 302
    accounts:phone_code_verify -
    accounts:phone_new -
    accounts:phone_new_verify -
    admin:password_change -

# The way out.
GET  405 405 405 405 405 405 405 405 405 405 405
POST 302 302 302 302 302 302 302 302 302 302 302
    accounts:logout -

GET  302 302 302 302 302 302 405 405 405 405 302
POST 302 302 302 302 302 302 302 302 302 302 302
    admin:logout -

# Everyone who is logged in; lists hold their own only.
GET  302 200 200 200 200 200 200 200 200 200 302
POST 302 405 405 405 405 405 405 405 405 405 302
    workorders:home -
    workorders:functions -
    workorders:assistant -
    workorders:progress -
    workorders:tariffs -
    workorders:records -
    workorders:regions -
    accounts:me -
    accounts:sessions -
    accounts:privacy_mine -
    accounts:manager_photo manager
    notifications:inbox -
    chat:rooms -
    notifications:check -
    notifications:unread -

GET  302 200 200 200 200 200 200 200 200 200 302
POST 302 200 200 200 200 200 200 200 200 200 302
    accounts:password -
    accounts:phone -
    notifications:settings -

GET  302 200 200 200 200 200 200 200 200 200 302
POST 302 302 302 302 302 302 302 302 302 302 302
    accounts:phone_code -

GET  302 405 405 405 405 405 405 405 405 405 302
POST 302 302 302 302 302 302 302 302 302 302 302
    accounts:end_other_sessions -
    notifications:mark_all_read -
    notifications:send_test -

# A browser's subscription; without its address it is none.
GET  302 405 405 405 405 405 405 405 405 405 302
POST 302 422 422 422 422 422 422 422 422 422 302
    notifications:subscribe -
    notifications:unsubscribe -

GET  302 405 405 405 405 405 405 405 405 405 302
POST 302 200 200 200 200 200 200 200 200 200 302
    accounts:export -

# A consent names its kind; nobody has the one without a name.
GET  302 405 405 405 405 405 405 405 405 405 302
POST 302 403 403 403 403 403 403 403 403 403 302
    accounts:give_consent -
    accounts:withdraw_consent -

# A login on another device: who is logged in there.
GET  302 405 405 405 405 405 405 405 405 405 302
POST 302 302 404 404 404 404 404 404 404 404 302
    accounts:end_session login

# A message: its reader.
GET  302 302 404 404 404 404 404 404 404 404 302
POST 302 405 405 405 405 405 405 405 405 405 302
    notifications:open notice

# A word to the box: who gave it.
GET  302 200 404 404 404 404 404 404 404 404 302
POST 302 405 405 405 405 405 405 405 405 405 302
    workorders:feedback feedback

# What is said to an answer; there is none yet, so that it leads back, or asks for words.
GET  302 405 405 405 405 405 405 405 405 405 302
POST 302 302 404 404 404 404 404 404 404 404 302
    workorders:feedback_confirm feedback

GET  302 405 405 405 405 405 405 405 405 405 302
POST 302 200 404 404 404 404 404 404 404 404 302
    workorders:feedback_reopen feedback
    workorders:feedback_escalate feedback

# Filing: customers.
GET  302 200 200 200 403 403 403 403 403 403 302
POST 302 200 200 200 403 403 403 403 403 403 302
    workorders:new -
    workorders:feedback_box -
    accounts:enterprise -
    seals:apply -

# Seals: the enterprise's people; supervisors see the picture.
GET  302 200 200 200 403 403 403 403 403 403 302
POST 302 405 405 405 405 405 405 405 405 405 302
    seals:list -
    seals:cancel -

GET  302 405 405 405 405 405 405 405 405 405 302
POST 302 422 403 403 403 403 403 403 403 403 302
    seals:preview -

GET  302 200 404 404 404 404 404 404 200 200 302
POST 302 405 405 405 405 405 405 405 405 405 302
    seals:picture seal

GET  302 200 404 404 403 403 403 403 403 403 302
POST 302 200 404 404 403 403 403 403 403 403 302
    seals:cancel_seal seal

# The person behind a customer or contact; a name that was checked stays.
GET  302 200 200 200 200 200 403 403 403 403 302
POST 302 200 200 200 200 200 403 403 403 403 302
    accounts:identity -
    accounts:close -

GET  302 403 200 200 200 403 403 403 403 403 302
POST 302 403 200 200 200 403 403 403 403 403 302
    accounts:name -

# A draft: who files it; nobody else knows of it.
GET  302 200 404 404 404 404 404 404 404 404 302
POST 302 200 404 404 404 404 404 404 404 404 302
    workorders:region draft
    workorders:application draft
    workorders:check draft

GET  302 405 405 405 405 405 405 405 405 405 302
POST 302 200 404 404 404 404 404 404 404 404 302
    workorders:autosave draft

# How far an order is: whoever has the handling person's phone may see that too.
GET  302 200 404 200 404 404 200 404 200 200 302
POST 302 405 405 405 405 405 405 405 405 405 302
    workorders:order order
    workorders:manager order

# Its papers: who filed it, and the desk.
GET  302 200 404 403 404 404 200 404 200 200 302
POST 302 405 405 405 405 405 405 405 405 405 302
    workorders:trace order
    workorders:trace_json order
    workorders:submitted order
    workorders:attachment attachment
    workorders:attachment_download attachment
    workorders:attachment_page attachment_page
    workorders:document document
    workorders:document_download document
    workorders:document_version document_version
    workorders:document_page document_page

# The report on a document: made at the first request.
GET  302 405 405 405 405 405 405 405 405 405 302
POST 302 200 404 403 404 404 200 404 200 200 302
    workorders:evidence document
    workorders:trace_pdf order
    workorders:dossier order

# An order's room: who is in it; staff who see the order may look.
GET  302 200 404 404 404 200 200 404 200 200 302
POST 302 405 405 405 405 405 405 405 405 405 302
    chat:room order
    chat:members order
    chat:history order
    chat:file shared
    chat:download shared
    chat:thumb shared

# Its search: an empty form that was sent shows the page again.
GET  302 200 404 404 404 200 200 404 200 200 302
POST 302 200 404 404 404 200 200 404 200 200 302
    chat:search order

GET  302 422 404 404 404 422 422 404 422 422 302
POST 302 405 405 405 405 405 405 405 405 405 302
    chat:sync order

GET  302 405 405 405 405 405 405 405 405 405 302
POST 302 422 404 404 404 422 422 404 403 403 302
    chat:post order
    chat:upload order
    chat:read order

# Who said it takes it back, a manager with a reason.
GET  302 200 404 404 404 403 200 404 403 403 302
POST 302 302 404 404 404 403 200 404 403 403 302
    chat:recall said

GET  302 405 405 405 405 405 405 405 405 405 302
POST 302 302 404 404 404 302 302 404 403 403 302
    chat:join order
    chat:mute order
    chat:remove member

GET  302 405 405 405 405 405 405 405 405 405 302
POST 302 200 404 404 404 403 200 404 200 200 302
    chat:transcript order

# What was taken back: supervisors with a reason, nobody else.
GET  302 403 404 404 404 403 403 404 200 200 302
POST 302 403 404 404 404 403 403 404 200 200 302
    chat:original recalled

# Contacts come by link, from the customer and the manager.
GET  302 200 404 404 404 403 200 404 403 403 302
POST 302 200 404 404 404 403 200 404 403 403 302
    chat:invite order

GET  302 200 404 404 404 403 200 404 403 403 302
POST 302 405 405 405 405 405 405 405 405 405 302
    chat:invitation invitation

GET  302 405 405 405 405 405 405 405 405 405 302
POST 302 302 404 404 404 403 302 404 403 403 302
    chat:again invitation
    chat:revoke invitation

# The link itself: whoever holds it; who is in the room already is led there.
GET  200 302 200 200 200 302 302 200 200 200 200
POST 200 302 200 200 200 302 302 200 200 200 200
    chat:join_start link

GET  302 302 302 302 302 302 302 302 302 302 302
POST 302 302 302 302 302 302 302 302 302 302 302
    chat:join_code link
    chat:join_details link

GET  302 403 403 403 403 403 200 200 200 200 302
POST 302 403 403 403 403 403 200 200 200 200 302
    chat:replies -

GET  302 302 302 302 302 302 200 200 200 200 302
POST 302 302 302 302 302 302 405 405 405 405 302
    admin:chat_room_changelist -

# A step of the customer that is due.
GET  302 200 404 403 404 404 403 404 403 403 302
POST 302 200 404 403 404 404 403 404 403 403 302
    workorders:object order
    workorders:request request
    workorders:sign order

GET  302 200 404 403 404 404 403 404 403 403 302
POST 302 302 404 403 404 404 403 404 403 403 302
    workorders:supplement order

GET  302 405 405 405 405 405 405 405 405 405 302
POST 302 422 404 403 404 404 403 404 403 403 302
    workorders:upload kind

GET  302 405 405 405 405 405 405 405 405 405 302
POST 302 409 404 403 404 404 403 404 403 403 302
    workorders:submission_autosave order

# A step of the customer that is not due.
GET  302 409 404 403 404 404 403 404 403 403 302
POST 302 409 404 403 404 404 403 404 403 403 302
    workorders:survey order
    workorders:withdraw order
    workorders:extend order
    workorders:rate order
    workorders:submission order
    workorders:completion_sign order
    workorders:contract_sign order
    workorders:contract_scan order
    workorders:contract_scan_confirm order
    workorders:contract_seal order_seal
    workorders:contract_confirm order

GET  302 409 404 403 404 404 403 404 403 403 302
POST 302 405 405 405 405 405 405 405 405 405 302
    workorders:contract order
    workorders:contract_seals order
    workorders:contract_preview order
    workorders:contract_preview_page order

GET  302 405 405 405 405 405 405 405 405 405 302
POST 302 409 404 403 404 404 403 404 403 403 302
    workorders:remove attachment
    workorders:arrange attachment
    workorders:contract_discard order
    workorders:contract_code order
    workorders:contract_scan_code order

# The second factor: staff.
GET  302 403 403 403 403 403 200 200 200 200 302
POST 302 403 403 403 403 403 200 200 200 200 302
    accounts:second_factor -

GET  302 404 404 404 404 404 200 200 200 200 302
POST 302 405 405 405 405 405 405 405 405 405 302
    accounts:second_factor_qr -

# The desk: staff; the queue holds the orders of their areas.
GET  302 302 302 302 302 302 200 200 200 200 302
POST 302 302 302 302 302 302 200 200 200 200 302
    admin:index -

GET  302 302 302 302 302 302 200 200 200 200 302
POST 302 302 302 302 302 302 405 405 405 405 302
    admin:password_change_done -
    admin:jsi18n -

GET  302 302 302 302 302 302 200 200 200 200 302
POST 302 302 302 302 302 302 200 200 200 200 302
    admin:app_list app

# An order at the desk; without the right it is as if it were not there: back to the index.
GET  302 302 302 302 302 302 200 302 200 200 302
POST 302 302 302 302 302 302 403 403 403 403 302
    admin:workorders_workorder_change admin_order

GET  302 302 302 302 302 302 200 404 403 403 302
POST 302 302 302 302 302 302 200 404 403 403 302
    admin:workorders_workorder_step step
    admin:workorders_workorder_ask order
    admin:workorders_workorder_cancel_request request

# The queue holds the orders of one's areas, on the page and as a spreadsheet.
GET  302 302 302 302 302 302 200 200 200 200 302
POST 302 302 302 302 302 302 405 405 405 405 302
    admin:workorders_workorder_changelist -
    admin:workorders_workorder_export ending

# Orders in bulk: supervisors; without any ticked, back to the list.
GET  302 302 302 302 302 302 405 405 405 405 302
POST 302 302 302 302 302 302 403 403 302 302 302
    admin:workorders_workorder_bulk -

GET  302 302 302 302 302 302 403 403 200 200 302
POST 302 302 302 302 302 302 403 403 200 200 302
    admin:workorders_workorder_handover -

# The figures: supervisors.
GET  302 302 302 302 302 302 403 403 200 200 302
POST 302 302 302 302 302 302 405 405 405 405 302
    admin:workorders_workorder_overview -
    admin:workorders_workorder_reviews -

# Notes of the desk; the day after the customer's turn began they can be reminded.
GET  302 302 302 302 302 302 200 404 200 200 302
POST 302 302 302 302 302 302 200 404 200 200 302
    admin:workorders_workorder_note order

GET  302 302 302 302 302 302 405 405 405 405 302
POST 302 302 302 302 302 302 302 404 403 403 302
    admin:workorders_workorder_remind order

GET  302 302 302 302 302 302 405 405 405 405 302
POST 302 302 302 302 302 302 409 404 403 403 302
    admin:workorders_workorder_close_request request

GET  302 302 302 302 302 302 409 404 403 403 302
POST 302 302 302 302 302 302 409 404 403 403 302
    admin:workorders_workorder_extension order

GET  302 302 302 302 302 302 200 404 200 200 302
POST 302 302 302 302 302 302 200 404 200 200 302
    admin:workorders_workorder_id_number order

# The supplier's seal: not before the customer's signature.
GET  302 302 302 302 302 302 409 404 409 409 302
POST 302 302 302 302 302 302 409 404 409 409 302
    admin:workorders_workorder_countersign order

GET  302 302 302 302 302 302 409 404 409 409 302
POST 302 302 302 302 302 302 405 405 405 405 302
    admin:workorders_workorder_countersign_picture order_seal

GET  302 302 302 302 302 302 302 404 403 403 302
POST 302 302 302 302 302 302 200 404 403 403 302
    admin:workorders_workorder_preview preview

# A paper before it is issued: for who made it, and nobody else.
GET  302 302 302 302 302 302 200 404 404 404 302
POST 302 302 302 302 302 302 405 405 405 405 302
    admin:workorders_workorder_draft_page draft_page

GET  302 302 302 302 302 302 403 403 200 200 302
POST 302 302 302 302 302 302 403 403 200 200 302
    admin:workorders_workorder_assign order

# Not for anyone.
GET  302 302 302 302 302 302 404 404 404 404 302
POST 302 302 302 302 302 302 404 404 404 404 302
    admin:workorders_workorder_history admin_order
    admin/(?P<url>.*)$ nothing

GET  302 404 404 404 404 404 404 404 404 404 302
POST 302 404 404 404 404 404 404 404 404 404 302
    admin:view_on_site on_site
    nothing_on_site on_site_rest

GET  302 302 302 302 302 302 403 403 403 403 302
POST 302 302 302 302 302 302 403 403 403 403 302
    admin:accounts_realname_add -
    admin:accounts_realname_delete admin_user
    admin:workorders_rating_add -
    admin:workorders_rating_delete admin_rating
    admin:workorders_feedback_add -
    admin:workorders_followup_add -
    admin:workorders_followup_delete admin_follow_up
    admin:workorders_feedback_delete admin_feedback
    admin:accounts_user_reset_otp person
    admin:workorders_workorder_add -
    admin:workorders_workorder_delete admin_order
    admin:signing_document_add -
    admin:signing_document_delete admin_document
    admin:accounts_user_delete admin_user
    admin:accounts_enterprise_delete admin_enterprise
    admin:signing_seal_delete admin_seal
    admin:signing_certificate_add -
    admin:signing_certificate_delete admin_certificate
    admin:workorders_servicearea_delete admin_area

# Accounts and service areas: supervisors.
GET  302 302 302 302 302 302 403 403 200 200 302
POST 302 302 302 302 302 302 403 403 200 200 302
    admin:accounts_user_changelist -
    admin:accounts_user_add -
    admin:accounts_user_history admin_user
    admin:accounts_user_change admin_user
    admin:accounts_enterprise_changelist -
    admin:accounts_enterprise_add -
    admin:signing_seal_changelist -
    admin:signing_seal_add -
    admin:signing_seal_history admin_seal
    admin:signing_certificate_changelist -
    admin:signing_certificate_history admin_certificate
    admin:signing_certificate_revoke certificate
    admin:accounts_enterprise_history admin_enterprise
    admin:accounts_realname_changelist -
    admin:accounts_realname_history admin_user
    admin:signing_document_changelist -
    admin:signing_document_history admin_document
    admin:workorders_rating_changelist -
    admin:workorders_rating_history admin_rating
    admin:workorders_feedback_changelist -
    admin:workorders_feedback_history admin_feedback
    admin:workorders_followup_changelist -
    admin:workorders_followup_history admin_follow_up
    admin:workorders_servicearea_changelist -
    admin:workorders_servicearea_add -
    admin:workorders_servicearea_history admin_area
    admin:workorders_servicearea_change admin_area
    admin:workorders_limit_changelist -
    admin:workorders_limit_add -
    admin:workorders_limit_history admin_limit
    admin:workorders_limit_change admin_limit
    admin:workorders_limit_delete admin_limit
    admin:workorders_promise_changelist -
    admin:workorders_promise_add -
    admin:workorders_promise_history admin_promise
    admin:workorders_promise_change admin_promise
    admin:workorders_promise_delete admin_promise
    admin:workorders_calendarday_changelist -
    admin:workorders_calendarday_add -
    admin:workorders_calendarday_import -
    admin:workorders_calendarday_history admin_day
    admin:workorders_calendarday_delete admin_day

GET  302 302 302 302 302 302 403 403 200 200 302
POST 302 302 302 302 302 302 403 403 403 403 302
    admin:accounts_enterprise_change admin_enterprise
    admin:accounts_realname_change admin_user
    admin:signing_document_change admin_document
    admin:signing_seal_change admin_seal
    admin:signing_certificate_change admin_certificate
    admin:workorders_rating_change admin_rating
    admin:workorders_feedback_change admin_feedback
    admin:workorders_followup_change admin_follow_up

GET  302 302 302 302 302 302 403 403 200 200 302
POST 302 302 302 302 302 302 403 403 302 302 302
    admin:accounts_user_end_sessions person
    admin:accounts_user_send_reset person
    admin:workorders_calendarday_change admin_day

GET  302 302 302 302 302 302 405 405 405 405 302
POST 302 302 302 302 302 302 403 403 302 302 302
    admin:workorders_feedback_answer feedback
    admin:workorders_feedback_close feedback
    admin:workorders_feedback_accused feedback

# A call without a word of what was said.
GET  302 302 302 302 302 302 405 405 405 405 302
POST 302 302 302 302 302 302 403 403 200 200 302
    admin:workorders_followup_call follow_up

# A sample of the calls.
GET  302 302 302 302 302 302 403 403 200 200 302
POST 302 302 302 302 302 302 405 405 405 405 302
    admin:workorders_followup_sample -

# A decision without what the page showed.
GET  302 302 302 302 302 302 405 405 405 405 302
POST 302 302 302 302 302 302 403 403 409 409 302
    admin:accounts_realname_approve person
    admin:accounts_realname_enterprise person
    admin:signing_seal_approve seal

# One without a reason.
GET  302 302 302 302 302 302 405 405 405 405 302
POST 302 302 302 302 302 302 403 403 200 200 302
    admin:accounts_realname_reject person
    admin:accounts_realname_number person
    admin:accounts_realname_compare person
    admin:signing_seal_reject seal
    admin:signing_seal_cancel seal

GET  302 302 302 302 302 302 403 403 403 403 302
POST 302 302 302 302 302 302 405 405 405 405 302
    admin:autocomplete -

GET  302 302 302 302 302 302 403 403 200 200 302
POST 302 302 302 302 302 302 405 405 405 405 302
    admin:signing_seal_paper seal_paper

# Addresses that lead on to the page with "change/" behind, whether or not it is there.
GET  302 302 302 302 302 302 302 302 302 302 302
POST 302 302 302 302 302 302 302 302 302 302 302
    admin/accounts/user/<path:object_id>/ admin_user
    admin/accounts/enterprise/<path:object_id>/ admin_enterprise
    admin/accounts/realname/<path:object_id>/ admin_user
    admin/signing/seal/<path:object_id>/ admin_seal
    admin/signing/certificate/<path:object_id>/ admin_certificate
    admin/workorders/rating/<path:object_id>/ admin_rating
    admin/workorders/feedback/<path:object_id>/ admin_feedback
    admin/workorders/followup/<path:object_id>/ admin_follow_up
    admin/workorders/servicearea/<path:object_id>/ admin_area
    admin/workorders/limit/<path:object_id>/ admin_limit
    admin/workorders/promise/<path:object_id>/ admin_promise
    admin/workorders/calendarday/<path:object_id>/ admin_day
    admin/workorders/workorder/<path:object_id>/ admin_order
    admin/signing/document/<path:object_id>/ admin_document
"""

# What a socket is told: accepted, or closed with this code.
SOCKETS = """
open 4401 1 1 1 1 1 1 1 1 1 4401
    /ws/notices/
"""


class NoRow(Exception):
    """An address is not in the matrix, or the matrix has one that is no more."""


def read(text=PAGES):
    """Return {page: (thing, {method: {actor: status}})}."""
    rows, answers = {}, {}
    for line in filter(None, (line.split("#")[0] for line in text.splitlines())):
        first, *rest = line.split()
        if line.startswith(" "):
            if first in rows:
                raise NoRow(f"{first} stands twice in bandian/tests/matrix.py.")
            rows[first] = (rest[0] if rest else "-", answers)
        else:
            if first == "GET" or text is SOCKETS:
                answers = {}
            answers[first] = dict(zip(ACTORS, map(int, rest), strict=True))
    return rows


def check(rows, routes):
    """Raise NoRow, with the lines to add or to take out, unless rows and routes are the same."""
    new = [f"    {name} {' + '.join(sorted(routes[name].parameters)) or '-'}" for name in routes.keys() - rows.keys()]
    if new:
        raise NoRow("Add to the block with the right answers in bandian/tests/matrix.py:\n" + "\n".join(sorted(new)))
    if gone := sorted(rows.keys() - routes.keys()):
        raise NoRow(f"Take out of bandian/tests/matrix.py: {', '.join(gone)}")
