// A page that waits for a worker asks again by itself; without this it does so by its own refresh.
const [waiting] = document.querySelectorAll("[data-again]");
if (waiting instanceof HTMLElement) setTimeout(() => location.reload(), Number(waiting.dataset.again) * 1000);
