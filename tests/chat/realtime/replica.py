"""The state of a console or a panel after a snapshot and the events that followed it: docs/protocol.md in its plainest
form.

Written beside the clients' own reducers on purpose: the two must agree with each other and with the server.
"""

from typing import Any

Frame = dict[str, Any]


def console_after(snapshot: Frame, events: list[Frame]) -> Frame:
    """Return what a console shows once these frames came (or, as {"sent": frame}, were sent by it)."""
    state = {
        "seat": snapshot["seat"],
        "chats": {chat["entry"]["chat_id"]: {**chat, "entry": dict(chat["entry"])} for chat in snapshot["chats"]},
        "offers": {offer["chat_id"]: offer for offer in snapshot["offers"]},
        "calls": {call["chat_id"]: call for call in snapshot["calls"]},
        "name": snapshot["me"]["name"],
        "sent": {},
    }
    for event in events:
        if "sent" in event:
            _sent(state, event["sent"])
        else:
            _heard(state, event)
    seat = {key: value for key, value in state["seat"].items() if key != "lease_until"}
    chats = [state["chats"][key] for key in sorted(state["chats"])]
    return {
        "seat": seat,
        "chats": chats,
        "offers": [state["offers"][key] for key in sorted(state["offers"])],
        # Why it waits is of the moment, and told again with the next change only.
        "calls": [{**state["calls"][key], "why": ""} for key in sorted(state["calls"])],
    }


def _sent(state: Frame, frame: Frame) -> None:
    if frame["type"] == "read" and frame["chat_id"] in state["chats"]:
        _read(state["chats"][frame["chat_id"]]["entry"], "operator", frame["seq"])
    state["sent"][frame.get("client_id")] = frame


def _heard(state: Frame, event: Frame) -> None:
    kind = event["type"]
    chat = state["chats"].get(event.get("chat_id") or event.get("entry", {}).get("chat_id"))
    if kind in ("seat.changed", "seat.renewed"):
        state["seat"] = event["seat"]
    elif kind == "offer.made":
        state["offers"][event["offer"]["chat_id"]] = event["offer"]
    elif kind == "offer.gone":
        state["offers"].pop(event["chat_id"], None)
    elif kind == "call.made":
        state["calls"][event["call"]["chat_id"]] = event["call"]
    elif kind == "call.gone":
        state["calls"].pop(event["chat_id"], None)
    elif kind == "chat.added":
        state["chats"][event["chat"]["entry"]["chat_id"]] = event["chat"]
    elif kind == "chat.removed":
        state["chats"].pop(event["chat_id"], None)
    elif kind == "ack":
        _acked(state, event)
    elif chat is None:
        return
    elif kind == "chat.changed":
        chat["entry"] = event["entry"]
    elif kind == "message.posted":
        _add(chat, event["message"])
    elif kind == "read":
        _read(chat["entry"], event["side"], event["seq"])
    else:
        _end(chat, event)


def _acked(state: Frame, ack: Frame) -> None:
    frame = state["sent"].get(ack["client_id"])
    if frame is None:
        return
    if frame["type"] == "message.post":
        own = {
            "seq": ack["seq"],
            "kind": "note" if frame.get("note") else "text",
            "side": "operator",
            "name": state["name"],
            "body": frame["body"],
            "at": ack["at"],
            "client_id": ack["client_id"],
            "data": {},
        }
        _add(state["chats"][frame["chat_id"]], own)
    elif frame["type"] in ("chat.requeue", "chat.wrap_up"):
        state["chats"].pop(frame["chat_id"], None)


def _add(chat: Frame, message: Frame) -> None:
    if any(message["seq"] == known["seq"] for known in chat["messages"]):
        return
    chat["messages"] = sorted([*chat["messages"], message], key=lambda known: known["seq"])
    entry = chat["entry"]
    entry["last_seq"] = max(entry["last_seq"], message["seq"])
    if message["side"] == "visitor" or message["data"].get("code") == "page":
        entry["visitor_seen_at"] = max(entry["visitor_seen_at"], message["at"])
    if message["kind"] != "text":
        return
    turn = "operator" if message["side"] == "visitor" else "visitor"
    if turn != entry["turn"]:
        entry["turn"], entry["turn_at"] = turn, message["at"]
    if message["side"] == "operator":
        entry["first_human_at"] = entry["first_human_at"] or message["at"]


def _read(entry: Frame, side: str, seq: int) -> None:
    entry[f"{side}_read"] = max(entry[f"{side}_read"], seq)


def _end(chat: Frame, event: Frame) -> None:
    """Apply what an event tells of a chat's ending. Any other event changes nothing."""
    facts = {key: value for key, value in event.items() if key not in ("type", "chat_id")}
    if event["type"] == "chat.rated":
        chat["rating"] = facts
    elif event["type"] == "lead.posted":
        chat["lead"] = True
    elif event["type"] == "transcript.changed":
        known = [one["address"] for one in chat["transcripts"]]
        at = known.index(facts["address"]) if facts["address"] in known else len(known)
        chat["transcripts"] = [*chat["transcripts"][:at], facts, *chat["transcripts"][at + 1 :]]


def panel_after(welcome: Frame, events: list[Frame], greeting: str) -> Frame | None:
    """Return what a visitor's panel, which showed this greeting, shows of its chat once these frames came (or were
    sent by it).
    """
    chat: Frame | None = None
    begun: list[Frame] = []
    if welcome["chat"] is not None:
        chat = {**welcome["chat"], "messages": list(welcome["chat"]["messages"])}
    sent: Frame = {}
    for event in events:
        if "sent" in event:
            sent[event["sent"].get("client_id")] = event["sent"]
            continue
        frame = sent.get(event.get("client_id")) if event["type"] == "ack" else None
        if event["type"] == "message.posted":
            message = event["message"]
        elif frame is not None and frame["type"] == "message.post":
            message = _own_text(frame, event)
            first = {**message, "seq": 1, "kind": "auto", "side": "operator", "body": greeting}
            begun = [first] if chat is None else []
        elif frame is not None and frame["type"] == "chat.close" and event.get("seq"):
            message = _own_end(event)
        elif event["type"] == "read" and chat is not None:
            chat["operator_read"] = max(chat["operator_read"], event["seq"])
            continue
        else:
            if chat is not None:
                _end(chat, event)
            continue
        chat = chat or {"id": event["chat_id"], "state": "waiting", "operator": None,
                        "operator_read": 0, "messages": begun, "rating": None, "transcripts": []}  # fmt: skip
        _show(chat, message)
    return seen_by_visitor(chat)


def seen_by_visitor(chat: Frame | None) -> Frame | None:
    """Return what two panels of one chat must agree on. Of a chat that is over nobody keeps the read marks."""
    if chat is None:
        return None
    over = chat["state"] == "closed"
    return {
        "id": chat["id"],
        "state": chat["state"],
        "operator": None if over else chat["operator"],
        "operator_read": 0 if over else chat["operator_read"],
        "rating": chat["rating"],
        "transcripts": chat["transcripts"],
        "messages": [
            # Ids and times of the greeting and of the visitor's own closing line come with the next welcome.
            (one["seq"], one["kind"], one["side"], one["body"], one["data"].get("code"))
            for one in chat["messages"]
        ],
    }


def _show(chat: Frame, message: Frame) -> None:
    if any(message["seq"] == known["seq"] for known in chat["messages"]):
        return
    chat["messages"] = sorted([*chat["messages"], message], key=lambda known: known["seq"])
    if message["kind"] != "system":
        return
    match message["data"]["code"]:
        case "accepted" | "transferred" | "taken":
            chat["state"], chat["operator"] = "open", message["data"]["name"]
        case "requeued":
            chat["state"], chat["operator"] = "waiting", None
        case "closed":
            chat["state"] = "closed"


def _own_text(frame: Frame, ack: Frame) -> Frame:
    return {"seq": ack["seq"], "kind": "text", "side": "visitor", "body": frame["body"], "data": {}}


def _own_end(ack: Frame) -> Frame:
    data = {"code": "closed", "by": "visitor"}
    return {"seq": ack["seq"], "kind": "system", "side": "system", "body": "", "data": data}
