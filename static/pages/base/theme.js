// Runs before the first paint, for people who chose no theme: the device decides, also when it changes its mind.
(function () {
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function apply() {
    if (dark.matches) document.documentElement.setAttribute("data-theme", "dark");
    else document.documentElement.removeAttribute("data-theme");
  }
  apply();
  dark.addEventListener("change", apply);
})();
