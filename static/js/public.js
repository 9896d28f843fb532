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

  /* After a refused form the first wrong field has the focus, or the sentence that says why. */
  const wrong = document.querySelector("form :is([aria-invalid='true'], .is-invalid, .alert-danger):not([type=hidden])");
  if (wrong?.matches(".alert-danger")) wrong.tabIndex = -1;
  /* Later than the jump to the address's fragment, which takes the focus away. */
  const lead = () => window.setTimeout(() => wrong?.focus());
  if (document.readyState === "complete") lead();
  else window.addEventListener("load", lead);
})();
