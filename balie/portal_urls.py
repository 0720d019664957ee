"""The URLs of a company's portal host. Nothing of the agency's own pages answers here."""

from django.urls import URLPattern, URLResolver, include, path

from agency.views import portal
from agency.views.companies import install
from agency.views.people import preferences
from balie.pages import members
from balie.pages import portal as pages_portal
from billing.views import charges, invoice_details
from chat.views import rating, transcript
from chat.views.leads import link as lead_links
from chat.views.leads import portal as lead_pages

handler400 = "agency.views.system.errors.bad_request"
handler403 = "agency.views.system.errors.forbidden"
handler404 = "agency.views.system.errors.not_found"
handler500 = "agency.views.system.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages_portal.home, name="portal_home"),
    path("chats/", pages_portal.chats, name="portal_chats"),
    path("chats.csv", pages_portal.chats_csv, name="portal_chats_csv"),
    path("chats/<uuid:chat_id>/", pages_portal.chat, name="portal_chat"),
    path("chats/<uuid:chat_id>.pdf", pages_portal.chat_pdf, name="portal_chat_pdf"),
    path("satisfaction/", pages_portal.satisfaction, name="portal_satisfaction"),
    path("charges/", charges.portal_charges, name="portal_charges"),
    path("charges.csv", charges.portal_charges_csv, name="portal_charges_csv"),
    path("invoice-details/", invoice_details.portal_invoice_details, name="portal_invoice_details"),
    path("sites/<uuid:site_id>/check/", install.portal_site_check, name="portal_site_check"),
    path("people/", members.people, name="portal_people"),
    path("colours.css", portal.colours, name="portal_colours"),
    path("rating/<str:token>/", rating.rating, name="rating"),
    path("leads/", lead_pages.leads, name="portal_leads"),
    path("leads.csv", lead_pages.leads_csv, name="portal_leads_csv"),
    path("leads.xlsx", lead_pages.leads_xlsx, name="portal_leads_xlsx"),
    path("leads/rule/", lead_pages.rule, name="portal_leads_rule"),
    path("leads/<uuid:lead_id>/", lead_pages.lead, name="portal_lead"),
    path("lead/<str:token>/", lead_links.link, name="lead_link"),
    path("transcript/<str:token>/", transcript.transcript, name="transcript"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("preferences/sessions/", preferences.end_sessions, name="end_sessions"),
    path("accounts/", include("balie.account_urls")),
]
