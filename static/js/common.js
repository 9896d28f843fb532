/* What both rooms use: copying, dialogs, menus, messages, and no form sent twice. */
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

  const copied = async (button) => {
    await copy(button.dataset.copy);
    button.classList.add("copied");
    say(button.dataset.copied || "");
    window.setTimeout(() => {
      button.classList.remove("copied");
      say("");
    }, 2000);
    if (button.dataset.track && window.htmx) window.htmx.ajax("POST", button.dataset.track, { swap: "none" });
  };

  document.addEventListener("click", (event) => {
    const { target } = event;
    const button = target.closest("[data-copy]");
    if (button) copied(button);
    const opener = target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open)?.showModal();
    const dismiss = target.closest("[data-dismiss]");
    if (dismiss) dismiss.closest(dismiss.dataset.dismiss)?.remove();
    if (target.matches("dialog")) target.close();
    if (target.closest("[data-close]")) target.closest("dialog")?.close();
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(target)) menu.open = false;
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

  document.querySelectorAll("dialog[data-open-now]").forEach((dialog) => dialog.showModal());
})();
