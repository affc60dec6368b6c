"use strict";
// Fetches the page anew when something has happened, and puts in what has changed. Only texts of the sandbox's own page
// are put in, and its policy lets no other script run.
(() => {
  const list = document.getElementById("exchanges");
  const status = document.getElementById("status");
  let events = null, busy = false, again = false;

  const puts = (fresh) => {
    const known = new Map([...list.children].map((row) => [row.id, row]));
    const rows = [...fresh.getElementById("exchanges").children];
    const stays = new Set(rows.filter((row) => known.get(row.id)?.dataset.said === row.dataset.said).map((row) => row.id));
    for (const [id, row] of known) if (!stays.has(id)) row.remove();
    let place = null;
    for (const row of rows) {
      if (stays.has(row.id)) place = known.get(row.id);
      else if (place) { place.after(row); place = row; }
      else { list.prepend(row); place = row; }
    }
    for (const part of document.querySelectorAll("[data-part]")) {
      const other = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
      if (!other || part.innerHTML === other.innerHTML) continue;
      const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
      const opened = [...part.querySelectorAll("details")].map((details) => details.open);
      part.innerHTML = other.innerHTML;
      part.querySelectorAll("details").forEach((details, place) => { details.open = opened[place] ?? false; });
      if (focused) document.getElementById(focused)?.focus();
    }
    document.querySelector(".bar .where").innerHTML = fresh.querySelector(".bar .where").innerHTML;
  };

  const put = async (answer) => {
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.ok) puts(fresh);
    status.classList.toggle("wrong", !answer.ok);
    status.textContent = answer.ok ? status.dataset.live : (fresh.querySelector(".notice") ?? fresh.body).textContent;
    return answer.ok;
  };

  const look = async () => {
    if (busy) { again = true; return; }
    busy = true;
    try {
      do {
        again = false;
        await put(await fetch(location.href, { cache: "no-store" }));
      } while (again);
    } catch {
      status.textContent = status.dataset.gone;
    } finally {
      busy = false;
    }
  };

  const listen = () => {
    events = new EventSource(document.body.querySelector("[data-events]").dataset.events);
    events.onopen = () => { status.textContent = status.dataset.live; };
    events.onerror = () => { status.textContent = status.dataset.gone; };
    events.addEventListener("look", look);
  };

  document.addEventListener("submit", async (event) => {
    event.preventDefault();
    const sent = new URLSearchParams(new FormData(event.target, event.submitter));
    try {
      if (await put(await fetch(event.target.action, { method: "POST", body: sent }))) event.target.reset();
    } catch {
      status.textContent = status.dataset.gone;
    }
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button.copy");
    if (!button) return;
    await navigator.clipboard.writeText(button.parentElement.querySelector("code").textContent);
    button.textContent = button.dataset.copied;
  });

  // A hidden tab would hold one of the few connections that a browser has for an address.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) events.close();
    else listen();
  });
  document.body.classList.add("live");
  if (navigator.clipboard) document.body.classList.add("copies");
  if (!document.hidden) listen();
  else events = { close() {} };
})();
