"""A day at the pool, chat by chat, through the same rules that the pool decides by.

`plan` says what is simulated, `day` draws its visitors, `team` who may help whom, `desks` how fast an operator works,
`policies` who gets which chat, `engine` lets it happen, `measures` counts it. Everything is drawn from one seed, and
what is drawn for the visitors doesn't depend on the policy: two policies meet the same chats, of the same length and
patience.
"""
