"""The frames of a visitor that begin something: a chat with its first text, a question that is answered by mail."""

from agency.domain.text import is_empty
from chat.domain import events, frames
from chat.realtime.assign_soon import assign_soon
from chat.realtime.clean_input import checked
from chat.realtime.commands import command
from chat.realtime.widget import availability, counters
from chat.realtime.widget.session import WidgetSession
from chat.services.begin import limits
from chat.services.begin.first_message import First, begin_chat
from chat.services.begin.question import QuestionForm, ask_question
from tenants import clock
from tenants.context import run_in


async def begin(widget: WidgetSession, frame: frames.VisitorPost, body: str) -> bool:
    """Begin a chat with this text. False if it belongs to a chat that another tab began."""
    assert widget.visitor_id is not None
    await widget.count(limits.may_begin)
    page = frame.page
    first = First(
        client_id=frame.client_id,
        body=body,
        url=page.url if page else "",
        title=page.title if page else "",
        referrer=page.referrer if page else "",
        greeting_id=frame.greeting_id,
        reservation_id=frame.reservation,
    )
    begun = await run_in(
        None,
        begin_chat,
        site=widget.site,
        visitor_id=widget.visitor_id,
        first=first,
        now=clock.now(),
    )
    widget.follow(begun.chat_id)
    if begun.seq == 0:
        return False
    widget.say(events.Ack(frame.client_id, begun.seq, begun.chat_id, begun.at))
    if begun.new:
        invited = ["accepted"] if frame.reservation else []
        greeting = availability.greeting_key(widget.site.key, str(frame.greeting_id))
        counters.count(widget.site.id, greeting, "began", *invited, at=begun.at)
        wait = availability.wait_of(widget.site.id, called=False)
        widget.say(events.Beat(begun.seq, "waiting", wait))
        assign_soon()
        await run_in(None, limits.count_begun, widget.site)
    return True


@command(frames.QuestionPost)
async def question(widget: WidgetSession, frame: frames.QuestionPost) -> None:
    """Leave a question behind, or ask to be called."""
    assert widget.visitor_id is not None
    await widget.count(limits.may_begin)
    form = QuestionForm(
        client_id=frame.client_id,
        body="" if frame.call_back is not None and is_empty(frame.body) else checked(frame.body),
        name=frame.name,
        email=frame.email,
        phone=frame.phone,
        url=frame.page.url if frame.page else "",
        consent=frame.consent,
        call_back=frame.call_back.best if frame.call_back is not None else None,
    )
    await run_in(None, ask_question, site=widget.site, visitor_id=widget.visitor_id, form=form)
    widget.say(events.QuestionPosted(frame.client_id))
