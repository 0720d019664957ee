// Limits of a server that isn't ours: whoever has a number of their own shows it.

export const LIMITS = { text: 6000, idle: 480, gone: 25, wrap_up: 75, offer: 7 };
