// The shapes of what a visitor's page hears and holds, for `tsc` and for readers; nothing here runs. What has the name
// of a struct of `chat/domain/events/` has no field that the struct lacks (tests/contracts/source/test_types.py).

/** @typedef {Record<string, any>} Facts What differs by kind: a system message's facts, a frame's fields. */

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
 * @typedef {object} Availability
 * @property {string} mode
 * @property {number} [promise_seconds]
 * @property {string | null} closes_at
 * @property {string | null} opens_at
 * @property {string} phone
 */

/**
 * @typedef {object} VisitorChat
 * @property {string} id
 * @property {string} state
 * @property {number} last_seq
 * @property {string} arrived_at
 * @property {number} promise_seconds
 * @property {string | null} operator
 * @property {number} operator_read
 * @property {number} visitor_read
 * @property {boolean} answered
 * @property {WireMessage[]} messages
 * @property {WireRating | null} rating
 * @property {WireTranscript[]} transcripts
 */

/**
 * @typedef {object} Welcome
 * @property {"welcome"} type
 * @property {string} token
 * @property {string} server_time
 * @property {Availability} availability
 * @property {VisitorChat | null} chat
 * @property {string} wait
 */

/**
 * @typedef {Facts & {type: string}} Action Any event of the server, or one of this page's, whose type begins with
 * `my.`.
 */

/** @typedef {{id: string, body: string, starts: string[]}} Greeting */

/**
 * A text on its way: `status` is queued, flying, held or failed (with `reason`).
 * @typedef {object} Item
 * @property {string} clientId
 * @property {string} body
 * @property {object} page
 * @property {Greeting | null} greeting
 * @property {string} status
 * @property {boolean} slow
 * @property {string | null} reason
 */

/**
 * The question form: `status` is editing, sending or done; `problem` is why the server refused it.
 * @typedef {object} Question
 * @property {string | null} clientId
 * @property {string} kind
 * @property {string} body
 * @property {string} email
 * @property {string} phone
 * @property {string} name
 * @property {object | null} page
 * @property {string} consent
 * @property {object | null} callBack
 * @property {string} status
 * @property {string | null} problem
 */

/**
 * The chat as it is held (talk/transcript.js says what the counts mean).
 * @typedef {object} Chat
 * @property {string} id
 * @property {string} state
 * @property {string} arrivedAt
 * @property {number} promise
 * @property {string | null} operator
 * @property {number} operatorRead
 * @property {boolean} answered
 * @property {number} seen
 * @property {number} base
 * @property {number} have
 * @property {number} known
 * @property {number} steps
 * @property {string | null} closedBy
 * @property {number} [lostAt]
 * @property {WireMessage[]} messages
 * @property {WireRating | null} rating
 * @property {WireTranscript[]} transcripts
 */

/**
 * The panel's whole truth (panel/state.js).
 * @typedef {object} State
 * @property {string} net
 * @property {number} attempts
 * @property {number} [retryAt]
 * @property {string | null} refusal
 * @property {number} offset
 * @property {string | null} token
 * @property {Availability} availability
 * @property {Greeting | null} greeting
 * @property {Chat | null} chat
 * @property {Item[]} outbox
 * @property {Action[]} wishes
 * @property {{type: string, code: string} | null} denied
 * @property {{name: string, until: number} | null} typing
 * @property {string} wait
 * @property {Question | null} question
 * @property {boolean} patient
 * @property {string} draft
 */

/**
 * What a line tells of itself; `wait`: milliseconds until the next try.
 * @typedef {object} LineEvents
 * @property {() => void} open
 * @property {(frame: {type: string}) => void} frame
 * @property {(line: {net: string, attempts?: number, wait?: number, refusal?: string}) => void} net
 */

/**
 * The loader's side, as the panel knows it.
 * @typedef {object} Desk
 * @property {string} key
 * @property {string} origin
 * @property {ShadowRoot} root
 * @property {any} config
 * @property {Record<string, string[]>} icons
 * @property {(sheet: string) => void} dress
 * @property {(paths: string[]) => SVGElement} icon
 * @property {(key: string) => string} word
 * @property {() => void} open
 * @property {() => boolean} taken
 * @property {(facts: {open?: boolean, live?: boolean, unread?: number}) => void} mark
 * @property {() => void} focus
 * @property {(what: string) => void} [tell] Say to the server what the visitor did. A loader of before hasn't it.
 * @property {string | null} [reservation] The id of the invitation that was granted.
 */

/**
 * What every part of the panel is given: words, times in the visitor's language, the site's config, what can be done.
 * @typedef {object} Context
 * @property {(key: string, values?: Facts) => string} t
 * @property {(words: object) => (key: string, values?: Facts) => string} say
 * @property {(at: number) => string} time
 * @property {(at: number) => string} weekday
 * @property {(at: number) => string} date
 * @property {string} language
 * @property {string} origin
 * @property {any} config
 * @property {Record<string, (...values: any[]) => void>} act
 * @property {(sheet: string) => void} dress
 */

export {};
