/* Small helps on public pages. Every page works without them. */
"use strict";
(() => {
  document.addEventListener("click", async (event) => {
    const share = event.target.closest("[data-share]");
    if (!share) return;
    try {
      await navigator.share({ title: share.dataset.title, text: share.dataset.text, url: share.dataset.share });
    } catch {
      /* closed without sharing */
    }
  });
  if (!navigator.share) document.querySelectorAll("[data-share]").forEach((element) => element.remove());

  /* After a refused form the first wrong field has the focus. */
  document.querySelector("[aria-invalid='true'], .is-invalid")?.focus();
})();
