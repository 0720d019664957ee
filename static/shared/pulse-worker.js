// Ticks for a page that nobody looks at: a browser slows a hidden page's own timers to one a minute, a worker's not.
setInterval(() => postMessage(null), 250);
