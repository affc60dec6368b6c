"use strict";
{
  const page = document.querySelector("[data-uuid]");
  const framed = window.parent !== window;
  const tips = { 404: "wx_after_scan", 403: "wx_after_cancel" };

  const show = (id) => {
    for (const tip of page.querySelectorAll(".status")) tip.hidden = tip.id !== id;
  };

  const goOn = () => {
    // A browser may forbid a frame to lead the whole window elsewhere; then the person clicks.
    show("wx_after_confirm");
    const leaving = "selfRedirect" in page.dataset ? window : window.top;
    leaving.location.href = new URL(page.dataset.next, window.location.href).href;
  };

  const react = (errcode) => {
    if (errcode in tips) show(tips[errcode]);
    if (errcode === 405 || (errcode === 403 && "refusalGoesOn" in page.dataset)) return goOn();
    if (errcode === 402 || errcode === 500) return window.location.reload();
    const again = { 408: 2000, 404: 100, 403: 2000 }[errcode] ?? 5000;
    setTimeout(poll, again, errcode in tips ? `&last=${errcode}` : "");
  };

  const poll = async (last) => {
    let errcode = 0;
    try {
      const answer = await fetch(`/connect/l/qrconnect?uuid=${page.dataset.uuid}${last}&_=${Date.now()}`);
      errcode = Number(/wx_errcode=(\d+)/.exec(await answer.text())?.[1]);
    } catch {
      // The sandbox does not answer; it is asked again.
    }
    react(errcode);
  };

  if (framed) window.parent.postMessage(JSON.stringify({ type: "status", status: "wxReady" }), "*");
  poll("");
}
