// Where the visitor is. Watches address changes without touching the host page's own functions.

/** What we tell about a page; the limits are the server's. */
export function currentPage() {
  return {
    url: location.href.slice(0, 2000),
    title: [...document.title].slice(0, 300).join(""),
    referrer: document.referrer.slice(0, 2000),
  };
}

/** Calls back when the address changed without a page load. Returns a function that ends it. */
export function watchPages(changed) {
  let last = location.href;
  const look = () => {
    if (location.href === last) return;
    last = location.href;
    // Frameworks set the title right after the address.
    setTimeout(changed, 50);
  };
  window.addEventListener("popstate", look);
  window.addEventListener("hashchange", look);
  const history = window.navigation;
  history?.addEventListener?.("currententrychange", look);
  // Browsers without the Navigation API say nothing of pushState, so look once a second there.
  const timer = history ? 0 : setInterval(look, 1000);
  return () => {
    window.removeEventListener("popstate", look);
    window.removeEventListener("hashchange", look);
    history?.removeEventListener?.("currententrychange", look);
    clearInterval(timer);
  };
}
