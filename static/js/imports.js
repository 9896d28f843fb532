/* The page of an import follows it: the part that moves is asked for every other second, and the page is loaded anew
   when the import stands otherwise than before, since other verbs are offered then. */
"use strict";
(() => {
  const EVERY = 2000;
  const place = document.querySelector("[data-poll]");
  const status = () => place.querySelector("[data-status]")?.dataset.status;
  const isMoving = () => place.querySelector("[data-moving]") !== null;

  const ask = async () => {
    const before = status();
    if (!document.hidden && !document.querySelector("dialog[open]")) {
      try {
        const answer = await fetch(place.dataset.poll, { headers: { "X-Requested-With": "fetch" } });
        if (answer.ok && !answer.redirected) {
          place.innerHTML = await answer.text();
          if (status() !== before) {
            window.location.reload();
            return;
          }
        }
      } catch {
        /* The net is away for a moment: asked again. */
      }
    }
    if (isMoving()) window.setTimeout(ask, EVERY);
  };
  if (place && isMoving()) window.setTimeout(ask, EVERY);
})();
