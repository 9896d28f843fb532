/* Small helps on public pages. Every page works without them. */
"use strict";
(() => {
  const copy = async (text) => {
    if (navigator.clipboard && window.isSecureContext) {
      await navigator.clipboard.writeText(text);
      return;
    }
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "visually-hidden";
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  };

  const say = (text) => {
    const live = document.getElementById("live");
    if (live) live.textContent = text;
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) {
      await copy(button.dataset.copy);
      button.classList.add("copied");
      say(button.dataset.copied || "");
      window.setTimeout(() => button.classList.remove("copied"), 2000);
      if (button.dataset.track && window.htmx) {
        window.htmx.ajax("POST", button.dataset.track, { swap: "none" });
      }
      return;
    }
    const share = event.target.closest("[data-share]");
    if (share) {
      const data = { title: share.dataset.title, text: share.dataset.text, url: share.dataset.share };
      try {
        await navigator.share(data);
      } catch {
        /* closed without sharing */
      }
      return;
    }
    const opener = event.target.closest("[data-open]");
    if (opener) {
      document.getElementById(opener.dataset.open)?.showModal();
      return;
    }
    const dismiss = event.target.closest("[data-dismiss]");
    if (dismiss) {
      dismiss.closest(dismiss.dataset.dismiss)?.remove();
      return;
    }
    if (event.target.matches("dialog")) event.target.close();
    if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  /* A second press of a submit button must not send twice. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-disabled", "true");
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
    });
  });

  const ready = () => {
    if (!navigator.share) document.querySelectorAll("[data-share]").forEach((element) => element.remove());
    const wrong = document.querySelector("[aria-invalid='true'], .is-invalid");
    if (wrong) wrong.focus();
  };
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", ready);
  } else {
    ready();
  }
})();
