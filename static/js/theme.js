/* Loaded in the head before the first paint: puts the chosen theme on <html>, then serves the switches. */
"use strict";
(() => {
  const KEY = "theme";
  const root = document.documentElement;
  root.classList.add("js");

  const read = () => {
    try {
      return localStorage.getItem(KEY) || "auto";
    } catch {
      return "auto";
    }
  };

  const write = (value) => {
    try {
      localStorage.setItem(KEY, value);
    } catch {
      /* private mode: the choice lasts for this page */
    }
  };

  const apply = (value) => {
    if (value === "light" || value === "dark") {
      root.dataset.theme = value;
    } else {
      delete root.dataset.theme;
    }
    document.querySelectorAll("[data-theme-set]").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.themeSet === value));
    });
  };

  apply(read());
  document.addEventListener("DOMContentLoaded", () => apply(read()));
  window.addEventListener("storage", (event) => {
    if (event.key === KEY) apply(read());
  });
  document.addEventListener("click", (event) => {
    const set = event.target.closest("[data-theme-set]");
    if (!set) return;
    write(set.dataset.themeSet);
    apply(set.dataset.themeSet);
  });
})();
