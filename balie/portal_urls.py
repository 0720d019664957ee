"""The URLs of a company's portal host. Nothing of the agency's own pages answers here."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from agency.views import portal
from agency.views.companies import install, site_secrets
from agency.views.people import preferences
from balie.pages import members, saved_filters
from balie.pages import portal as pages_portal
from balie.pages.onboarding import checklist, frame
from billing.views import agreements, charges, invoice_details
from chat.views import file, rating, transcript, trial, widget
from chat.views.leads import link as lead_links
from chat.views.leads import portal as lead_pages
from chat.views.look import pages as look
from chat.views.look import preview as look_preview
from chat.views.texts import portal as portal_texts
from chat.views.texts import preview

handler400 = "agency.views.system.errors.bad_request"
handler403 = "agency.views.system.errors.forbidden"
handler404 = "agency.views.system.errors.not_found"
handler500 = "agency.views.system.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages_portal.home, name="portal_home"),
    path("start/", checklist.portal_start, name="portal_start"),
    path("start/try/<uuid:site_id>/", trial.portal_trial, name="portal_trial"),
    path("start/<slug:step>/", frame.portal_start_step, name="portal_start_step"),
    path("chats/", pages_portal.chats, name="portal_chats"),
    path("chats.csv", pages_portal.chats_csv, name="portal_chats_csv"),
    path("chats/<uuid:chat_id>/", pages_portal.chat, name="portal_chat"),
    path("chats/<uuid:chat_id>.pdf", pages_portal.chat_pdf, name="portal_chat_pdf"),
    path("chats/filters/", saved_filters.save, name="portal_filter_save"),
    path("chats/filters/<uuid:filter_id>/", saved_filters.change, name="portal_filter"),
    path("satisfaction/", pages_portal.satisfaction, name="portal_satisfaction"),
    path("texts/", portal_texts.text_list, name="portal_texts"),
    path("texts/new/", portal_texts.text_new, name="portal_text_new"),
    path("texts/rule/", portal_texts.text_rule_set, name="portal_text_rule"),
    path("texts/<uuid:text_id>/", portal_texts.text_one, name="portal_text"),
    path("texts/<uuid:text_id>/preview/", preview.text_preview, name="portal_text_preview"),
    path("texts/<uuid:text_id>/edit/", portal_texts.text_edit, name="portal_text_edit"),
    path("texts/<uuid:text_id>/publish/", portal_texts.text_publish, name="portal_text_publish"),
    path("texts/<uuid:text_id>/act/", portal_texts.text_act, name="portal_text_act"),
    path("texts/<uuid:text_id>/withdraw/", portal_texts.text_withdraw, name="portal_text_withdraw"),
    path("charges/", charges.portal_charges, name="portal_charges"),
    path("charges.csv", charges.portal_charges_csv, name="portal_charges_csv"),
    path("agreements/", agreements.portal_agreements, name="portal_agreements"),
    path("agreements/processing.pdf", agreements.portal_processing_pdf, name="portal_processing_pdf"),
    path("agreements/<uuid:acceptance_id>.pdf", agreements.portal_agreement_pdf, name="portal_agreement_pdf"),
    path("invoice-details/", invoice_details.portal_invoice_details, name="portal_invoice_details"),
    path("sites/<uuid:site_id>/secrets/", site_secrets.portal_site_secrets, name="portal_site_secrets"),
    path("sites/<uuid:site_id>/check/", install.portal_site_check, name="portal_site_check"),
    path("look/", look.portal_look, name="portal_look"),
    path("look/try/", look_preview.portal_look_try, name="portal_look_try"),
    path("look/frame/", look_preview.portal_look_frame, name="portal_look_frame"),
    path("people/", members.people, name="portal_people"),
    path("colours.css", portal.colours, name="portal_colours"),
    path("rating/<str:token>/", rating.rating, name="rating"),
    path("leads/", lead_pages.leads, name="portal_leads"),
    path("leads.csv", lead_pages.leads_csv, name="portal_leads_csv"),
    path("leads.xlsx", lead_pages.leads_xlsx, name="portal_leads_xlsx"),
    path("leads/rule/", lead_pages.rule, name="portal_leads_rule"),
    path("leads/<uuid:lead_id>/", lead_pages.lead, name="portal_lead"),
    path("lead/<str:token>/", lead_links.link, name="lead_link"),
    path("file/<str:token>/", file.file_link, name="file_link"),
    path("transcript/<str:token>/", transcript.transcript, name="transcript"),
    # The widget's own files, for previews.
    re_path(r"^widget/(?P<site_key>[0-9a-f]{32})\.js$", widget.loader, name="widget_loader"),
    path("widget/panel/<slug:release>/<path:name>", widget.panel, name="widget_panel"),
    re_path(r"^widget/logo/(?P<logo>[0-9a-f]{32}-[0-9a-f]{32})\.webp$", widget.logo, name="widget_logo"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("preferences/sessions/", preferences.end_sessions, name="end_sessions"),
    path("accounts/", include("balie.account_urls")),
]
