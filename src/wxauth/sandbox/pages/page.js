"use strict";
{
  // One key for each person: that of their button's accesskey, without a modifier.
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=radio]), textarea, select");
    if (typing || event.repeat || event.ctrlKey || event.altKey || event.metaKey || !/^[0-9]$/.test(event.key)) return;
    document.querySelector(`[accesskey="${event.key}"]`)?.click();
  });

  // No server is sent the end of a link, from # on, so the page says how it looks. A page that a form or a link of the
  // sandbox itself has led to says nothing: the end was lost on the way.
  const link = location.pathname + location.search;
  if (window.top === window && location.pathname === "/connect/oauth2/authorize") {
    const key = "wxsandbox_led_by_itself";
    const leads = () => sessionStorage.setItem(key, link);
    const led = sessionStorage.getItem(key) === link;
    sessionStorage.removeItem(key);
    document.addEventListener("submit", leads);
    document.addEventListener("click", (event) => {
      if (event.target.closest('a[href^="/sandbox/"], a[href^="/connect/"]')) leads();
    });
    const said = new URLSearchParams({ link, fragment: location.hash });
    if (!led) fetch("/sandbox/fragment", { method: "POST", body: said, keepalive: true }).catch(() => {});
  }
}
