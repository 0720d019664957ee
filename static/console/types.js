// The shapes of what a console hears and holds, for `tsc` and for readers; nothing here runs. What has the name of a
// struct of `chat/domain/events/` has no field that the struct lacks (tests/contracts/source/test_types.py).

/**
 * @typedef {Record<string, any>} Facts What differs by kind: a system message's facts, a script's steps.
 */

/**
 * @typedef {object} Transfer
 * @property {string} to
 * @property {string} expires_at
 */

/**
 * @typedef {object} WireEntry
 * @property {string} chat_id
 * @property {string} company_id
 * @property {string} state
 * @property {number} fence
 * @property {number} last_seq
 * @property {string} turn
 * @property {string} turn_at
 * @property {string} arrived_at
 * @property {number} promise_seconds
 * @property {string | null} first_human_at
 * @property {string} visitor_seen_at
 * @property {number} visitor_read
 * @property {number} operator_read
 * @property {string | null} wrap_up_at
 * @property {Transfer | null} transfer
 * @property {Record<string, string>} ticks
 */

/**
 * @typedef {object} WireMessage
 * @property {number} seq
 * @property {string} kind
 * @property {string} side
 * @property {string} name
 * @property {string} body
 * @property {string | null} at
 * @property {string | null} client_id
 * @property {Facts} data
 */

/**
 * @typedef {object} WireRating
 * @property {boolean} good
 * @property {string} words
 */

/**
 * @typedef {object} WireTranscript
 * @property {string} address
 * @property {string} state
 * @property {string} at
 * @property {string} reason
 */

/**
 * @typedef {object} ConsoleChat
 * @property {WireEntry} entry
 * @property {string} site
 * @property {number} number
 * @property {string} visitor_name
 * @property {string} visitor_id
 * @property {string} language
 * @property {string} page_url
 * @property {string} page_title
 * @property {string} referrer
 * @property {number} earlier
 * @property {WireMessage[]} messages
 * @property {WireRating | null} rating
 * @property {WireTranscript[]} transcripts
 * @property {boolean} lead
 */

/**
 * @typedef {object} Offer
 * @property {string} chat_id
 * @property {string} company_id
 * @property {string} site
 * @property {string} language
 * @property {number} fence
 * @property {string} arrived_at
 * @property {number} promise_seconds
 * @property {string | null} first_human_at
 * @property {string} expires_at
 * @property {string} kind
 * @property {string} from_name
 * @property {boolean} returning
 * @property {boolean} unread
 * @property {string} note
 */

/**
 * @typedef {object} WireSeat
 * @property {number} epoch
 * @property {number} capacity
 * @property {number} used
 * @property {boolean} paused
 * @property {string} pause_reason
 * @property {string | null} paused_at
 * @property {boolean} draining
 * @property {string} drain_reason
 * @property {string | null} shift_ends_at
 * @property {string} lease_until
 */

/**
 * @typedef {object} ConsoleCompany
 * @property {string} id
 * @property {string} name
 * @property {string} monogram
 * @property {string} tone
 * @property {string} language
 * @property {boolean} unread
 */

/**
 * @typedef {object} Me
 * @property {string} id
 * @property {string} name
 * @property {string} language
 * @property {boolean} is_lead
 */

/**
 * @typedef {object} FloorChat
 * @property {string} chat_id
 * @property {string} company_id
 * @property {string} site
 * @property {string} language
 * @property {string} state
 * @property {number} fence
 * @property {string} arrived_at
 * @property {number} promise_seconds
 * @property {string | null} first_human_at
 * @property {number} bounces
 * @property {boolean} called
 * @property {string} operator
 * @property {string} why
 * @property {number} number
 * @property {string} turn
 * @property {string | null} turn_at
 */

/**
 * @typedef {object} Colleague
 * @property {string} id
 * @property {string} name
 * @property {string} state
 * @property {number} used
 * @property {number} capacity
 */

/**
 * @typedef {object} FloorPerson
 * @property {string} id
 * @property {string} name
 * @property {number} used
 * @property {number} capacity
 * @property {string} refused
 */

/**
 * @typedef {object} ReadingPart
 * @property {string} kind
 * @property {string} text
 */

/**
 * @typedef {object} Stretch
 * @property {string} starts_at
 * @property {string} ends_at
 */

/**
 * @typedef {object} WireText
 * @property {string} id
 * @property {string} kind
 * @property {string} key
 * @property {string} language
 * @property {number} version
 * @property {string} title
 * @property {string} body
 * @property {Facts} data
 */

/**
 * @typedef {object} ConsoleLimits
 * @property {number} text
 * @property {number} idle
 * @property {number} gone
 * @property {number} wrap_up
 * @property {number} offer
 */

/**
 * @typedef {object} Snapshot
 * @property {"snapshot"} type
 * @property {string} server_time
 * @property {Me} me
 * @property {WireSeat} seat
 * @property {ConsoleLimits} limits
 * @property {ConsoleCompany[]} companies
 * @property {ConsoleChat[]} chats
 * @property {Offer[]} offers
 * @property {FloorChat[]} calls
 */

/**
 * @typedef {object} SeatRenewed
 * @property {"seat.renewed"} type
 * @property {WireSeat} seat
 * @property {string} server_time
 * @property {[string, string, number, number, number, number, string][]} held
 * @property {string[]} offers
 * @property {string[]} calls
 * @property {string[]} unread
 */

/**
 * @typedef {Facts & {type: string}} Frame Any event of the server, or a command of ours; `my.` marks one of this
 * page's.
 */

/**
 * @typedef {{mine: string[], theirs: string[], wrap_up: string[]}} Parts The list's parts, each with chat ids in order.
 */

/** @typedef {{url: string, title: string, at: string}} Page */

/**
 * A chat as it is held: `trail`, the pages its visitor was on; `asked`, who was asked last to take it over.
 * @typedef {ConsoleChat & {trail: Page[], asked: string}} Chat
 */

/**
 * Whom a chat is with, in words that outlive it.
 * @typedef {object} About
 * @property {string} chat_id
 * @property {string} [company_id]
 * @property {string} company
 * @property {string} visitor_name
 * @property {number} [number]
 * @property {string} [operator]
 */

/**
 * A command that waits for its answer: `status` is queued, sending, sent or failed (with `code`).
 * @typedef {object} Item
 * @property {string} client_id
 * @property {string | null} chat_id
 * @property {Frame} frame
 * @property {string} at
 * @property {About | null} about
 * @property {boolean} kept
 * @property {string} status
 * @property {string} [code]
 * @property {boolean} [again]
 */

/**
 * @typedef {{client_id: string, body: string, note: boolean, about: About | null}} Unsent A text whose chat went away.
 */

/** @typedef {{code: string, chat_id: string | null, about: About | null, to?: string, type?: string}} Refusal */

/**
 * The console's whole truth (state/state.js); maps are by chat, companies and texts by company.
 * @typedef {object} State
 * @property {boolean} ready
 * @property {Me | null} me
 * @property {WireSeat | null} seat
 * @property {ConsoleLimits} limits
 * @property {Record<string, ConsoleCompany>} companies
 * @property {Record<string, Chat>} chats
 * @property {Record<string, Offer>} offers
 * @property {Record<string, {offer: Offer, reason: string, name: string}>} gone
 * @property {Record<string, FloorChat>} calls
 * @property {Record<string, WireText[]>} texts
 * @property {Record<string, {people: FloorPerson[], languages: string[]}>} options
 * @property {{waiting: FloorChat[], open: FloorChat[], colleagues: Colleague[]} | null} floor
 * @property {Facts | null} ownDay
 * @property {{chat_id: string, visitor_name: string, messages: WireMessage[]} | null} looked
 * @property {Record<string, {from_major: number, major: number, parts: ReadingPart[]}>} reading
 * @property {Item[]} outbox
 * @property {Record<string, boolean>} stale
 * @property {boolean} outOfDate
 * @property {Record<string, number>} typing
 * @property {{chats: string[], offers: string[]} | null} asked
 * @property {boolean} readOnly
 * @property {boolean} signedOut
 * @property {Record<string, {chat: Chat, company: ConsoleCompany, code: string, to: string}>} left
 * @property {Refusal[]} refusals
 * @property {Unsent[]} unsent
 */

export {};
