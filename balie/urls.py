"""Every URL of every app, in one list."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from agency.views import company_colours, home
from agency.views.companies import companies, hours, install
from agency.views.people import certification, people, preferences, renewals
from agency.views.reports import chats, sla
from agency.views.shifts import gaps, person, shifts, week, week_copy, week_plan
from agency.views.system import limits, log, mail
from balie.pages import companies as pages_companies
from balie.pages import company_chats, members, sign_up
from balie.pages.onboarding import checklist, frame
from billing.views import agreements, charges, invoice_details, prices
from chat.views import console, revoke, trial, widget
from chat.views.leads import manage as lead_pages
from chat.views.look import pages as look
from chat.views.look import preview as look_preview
from chat.views.pool import actions, page
from chat.views.texts import manage as manage_texts

handler400 = "agency.views.system.errors.bad_request"
handler403 = "agency.views.system.errors.not_found"
handler404 = "agency.views.system.errors.not_found"
handler500 = "agency.views.system.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("console/", console.console, name="console"),
    path("console/companies.css", console.companies_css, name="console_companies"),
    path("manage/", pages_companies.home, name="manage_home"),
    path("manage/log/", log.log, name="manage_log"),
    path("manage/companies/new/", pages_companies.company_new, name="manage_companies_new"),
    path("manage/companies/proposal/", companies.proposal, name="manage_company_proposal"),
    path("manage/companies/<uuid:company_id>/", companies.facts, name="manage_company"),
    path(
        "manage/companies/<uuid:company_id>/start/",
        checklist.manage_start,
        name="manage_company_start",
    ),
    path(
        "manage/companies/<uuid:company_id>/start/try/<uuid:site_id>/",
        trial.manage_trial,
        name="manage_company_trial",
    ),
    path(
        "manage/companies/<uuid:company_id>/start/<slug:step>/",
        frame.manage_start_step,
        name="manage_company_start_step",
    ),
    path("manage/companies/<uuid:company_id>/look/", look.manage_look, name="manage_company_look"),
    path("manage/companies/<uuid:company_id>/look/try/", look_preview.manage_look_try, name="manage_company_look_try"),
    path(
        "manage/companies/<uuid:company_id>/look/frame/",
        look_preview.manage_look_frame,
        name="manage_company_look_frame",
    ),
    path("manage/companies/<uuid:company_id>/sites/", companies.sites, name="manage_company_sites"),
    path(
        "manage/companies/<uuid:company_id>/sites/new/",
        companies.site_new,
        name="manage_company_site_new",
    ),
    path(
        "manage/companies/<uuid:company_id>/sites/<uuid:site_id>/",
        companies.site,
        name="manage_company_site",
    ),
    path(
        "manage/companies/<uuid:company_id>/sites/<uuid:site_id>/check/",
        install.manage_site_check,
        name="manage_company_site_check",
    ),
    path(
        "manage/companies/<uuid:company_id>/sites/<uuid:site_id>/retire/",
        companies.site_retire,
        name="manage_company_site_retire",
    ),
    path(
        "manage/companies/<uuid:company_id>/hours/",
        hours.company_hours,
        name="manage_company_hours",
    ),
    path("manage/hours/", hours.agency_hours, name="manage_hours"),
    path("manage/shifts/", week.week, name="manage_shifts"),
    path("manage/shifts/new/", shifts.shift_new, name="manage_shift_new"),
    path("manage/shifts/copy/", week_copy.copy, name="manage_shifts_copy"),
    path("manage/shifts/gaps/", gaps.gaps, name="manage_gaps"),
    path("manage/shifts/forecast.csv", week_plan.forecast_file, name="manage_forecast_file"),
    path("manage/shifts/<uuid:person_id>/", person.person, name="manage_shifts_person"),
    path("manage/shifts/<uuid:person_id>/<uuid:shift_id>/", shifts.shift, name="manage_shift"),
    path("shifts/", person.own, name="own_shifts"),
    path(
        "manage/companies/<uuid:company_id>/promise/",
        companies.promise,
        name="manage_company_promise",
    ),
    path(
        "manage/companies/<uuid:company_id>/people/",
        members.company_members,
        name="manage_company_members",
    ),
    path("manage/pool/", page.pool, name="manage_pool"),
    path("manage/pool/chats/<uuid:chat_id>/close/", actions.close, name="manage_pool_close"),
    path(
        "manage/pool/chats/<uuid:chat_id>/requeue/",
        actions.requeue,
        name="manage_pool_requeue",
    ),
    path("manage/pool/chats/<uuid:chat_id>/move/", actions.move, name="manage_pool_move"),
    path("manage/pool/seats/<uuid:person_id>/drain/", actions.drain, name="manage_pool_drain"),
    path(
        "manage/pool/seats/<uuid:person_id>/sign-out/",
        actions.sign_out,
        name="manage_pool_sign_out",
    ),
    path("manage/companies/<uuid:company_id>/leads/", lead_pages.leads, name="manage_company_leads"),
    path("manage/companies/<uuid:company_id>/leads.csv", lead_pages.leads_csv, name="manage_company_leads_csv"),
    path("manage/companies/<uuid:company_id>/leads/<uuid:lead_id>/", lead_pages.lead, name="manage_company_lead"),
    path(
        "manage/companies/<uuid:company_id>/chats/",
        company_chats.chats,
        name="manage_company_chats",
    ),
    path(
        "manage/companies/<uuid:company_id>/chats.csv",
        company_chats.chats_csv,
        name="manage_company_chats_csv",
    ),
    path(
        "manage/companies/<uuid:company_id>/chats/<uuid:chat_id>/",
        company_chats.chat,
        name="manage_company_chat",
    ),
    path(
        "manage/companies/<uuid:company_id>/chats/<uuid:chat_id>.pdf",
        company_chats.chat_pdf,
        name="manage_company_chat_pdf",
    ),
    path(
        "manage/companies/<uuid:company_id>/chats/<uuid:chat_id>/spam/",
        company_chats.flag_spam,
        name="manage_company_chat_spam",
    ),
    path("manage/mail/", mail.mails, name="manage_mail"),
    path("manage/limits/", limits.limits_now, name="manage_limits"),
    path("manage/colours.css", company_colours.colours, name="manage_colours"),
    path("manage/people/", people.people_list, name="manage_people"),
    path("manage/people/new/", people.person_new, name="manage_people_new"),
    path("manage/people/certifications/", renewals.renewals, name="manage_renewals"),
    path("manage/people/<uuid:person_id>/", people.person, name="manage_person"),
    path("manage/people/<uuid:person_id>/switch/", people.person_switch, name="manage_person_switch"),
    path("manage/people/<uuid:person_id>/invite/", people.person_invite, name="manage_person_invite"),
    path(
        "manage/people/<uuid:person_id>/certify/",
        certification.certify_person,
        name="manage_person_certify",
    ),
    path(
        "manage/companies/<uuid:company_id>/operators/",
        certification.company_operators,
        name="manage_company_operators",
    ),
    path(
        "manage/companies/<uuid:company_id>/operators/certify/",
        certification.certify_company,
        name="manage_company_certify",
    ),
    path(
        "manage/companies/<uuid:company_id>/operators/certify-readers/",
        certification.certify_readers,
        name="manage_certify_readers",
    ),
    path(
        "manage/companies/<uuid:company_id>/operators/rule/",
        certification.pool_rule,
        name="manage_pool_rule",
    ),
    path(
        "manage/companies/<uuid:company_id>/operators/<uuid:person_id>/",
        certification.certificate,
        name="manage_certificate",
    ),
    path(
        "manage/companies/<uuid:company_id>/operators/<uuid:person_id>/revoke/",
        revoke.revoke,
        name="manage_revoke",
    ),
    path("manage/companies/<uuid:company_id>/texts/", manage_texts.text_list, name="manage_texts"),
    path(
        "manage/companies/<uuid:company_id>/texts/new/",
        manage_texts.text_new,
        name="manage_text_new",
    ),
    path(
        "manage/companies/<uuid:company_id>/texts/<uuid:text_id>/",
        manage_texts.text_one,
        name="manage_text",
    ),
    path(
        "manage/companies/<uuid:company_id>/texts/<uuid:text_id>/edit/",
        manage_texts.text_edit,
        name="manage_text_edit",
    ),
    path(
        "manage/companies/<uuid:company_id>/texts/<uuid:text_id>/publish/",
        manage_texts.text_publish,
        name="manage_text_publish",
    ),
    path(
        "manage/companies/<uuid:company_id>/texts/<uuid:text_id>/act/",
        manage_texts.text_act,
        name="manage_text_act",
    ),
    path(
        "manage/companies/<uuid:company_id>/texts/<uuid:text_id>/withdraw/",
        manage_texts.text_withdraw,
        name="manage_text_withdraw",
    ),
    path("manage/companies/<uuid:company_id>/prices/", prices.manage_prices, name="manage_prices"),
    path(
        "manage/companies/<uuid:company_id>/agreements/",
        agreements.manage_agreements,
        name="manage_agreements",
    ),
    path(
        "manage/companies/<uuid:company_id>/agreements/processing.pdf",
        agreements.manage_processing_pdf,
        name="manage_processing_pdf",
    ),
    path(
        "manage/companies/<uuid:company_id>/agreements/<uuid:acceptance_id>.pdf",
        agreements.manage_agreement_pdf,
        name="manage_agreement_pdf",
    ),
    path(
        "manage/companies/<uuid:company_id>/invoice-details/",
        invoice_details.manage_invoice_details,
        name="manage_invoice_details",
    ),
    path("manage/companies/<uuid:company_id>/charges/", charges.manage_charges, name="manage_charges"),
    path(
        "manage/companies/<uuid:company_id>/charges.csv",
        charges.manage_charges_csv,
        name="manage_charges_csv",
    ),
    path("manage/sla/", sla.sla, name="manage_sla"),
    path("manage/sla/chats/", chats.report_chats, name="manage_sla_chats"),
    path("manage/sla.csv", sla.sla_csv, name="manage_sla_csv"),
    path("sign-up/", sign_up.sign_up, name="sign_up"),
    path("sign-up/sent/", sign_up.sign_up_sent, name="sign_up_sent"),
    path("sign-up/<str:token>/", sign_up.sign_up_link, name="sign_up_link"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("preferences/sessions/", preferences.end_sessions, name="end_sessions"),
    path("accounts/", include("balie.account_urls")),
    re_path(r"^widget/(?P<site_key>[0-9a-f]{32})\.js$", widget.loader, name="widget_loader"),
    path("widget/panel/<slug:release>/<path:name>", widget.panel, name="widget_panel"),
    re_path(r"^widget/logo/(?P<logo>[0-9a-f]{32}-[0-9a-f]{32})\.webp$", widget.logo, name="widget_logo"),
]
