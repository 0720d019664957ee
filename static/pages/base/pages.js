// What the server-made pages do beyond links and forms. Without it every page still works.

/** Put the text of an element on the clipboard and say so on the button. */
async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  const label = button.querySelector("span");
  const before = label.textContent;
  try {
    await navigator.clipboard.writeText(source.textContent);
    label.textContent = button.dataset.done;
    button.setAttribute("aria-live", "polite");
    setTimeout(() => (label.textContent = before), 2000);
  } catch {
    // No permission: select it, so that one key copies it.
    getSelection().selectAllChildren(source);
    source.focus();
  }
}

/** @returns {NodeListOf<HTMLElement>} */
const all = (selector) => document.querySelectorAll(selector);

for (const button of all("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}

// After an error the keyboard stands at the list of what is wrong, or where it must be mended; else in the first field
// of a sign-in page.
const [wrong] = [...all("[data-errors]"), ...all("[aria-invalid='true']"), ...all(".entrance__card .input")];
wrong?.focus();

// One press sends a form once: a second press on a slow line would make a second code or mail.
for (const form of all("form[method='post']")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
}

// Signing out leaves nothing behind: what the console kept in this tab goes, and in the others that show it.
for (const form of all("form[data-forget]")) {
  form.addEventListener("submit", () => {
    const whose = form.dataset.forget;
    try {
      sessionStorage.removeItem(`balie.console.${whose}`);
    } catch {
      // Denied: there is nothing.
    }
    new BroadcastChannel("balie.console").postMessage(whose);
  });
}

addEventListener("pageshow", () => {
  for (const form of all("form[data-sent]")) delete form.dataset.sent;
});

// What is printed, `print.css` says.
for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}
