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

  /* A company's own accent: darkened or lightened until it can be read in either theme, then laid over the tokens. */
  const parse = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const mix = (one, other, share) => one.map((value, at) => Math.round(value + (other[at] - value) * share));
  const light = (colour) => {
    const [r, g, b] = colour.map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const readable = (colour, ground, towards) => {
    for (let share = 0; share < 1; share += 0.04) {
      const tried = mix(colour, towards, share);
      if (contrast(tried, mix(tried, ground, 0.92)) >= 4.6) return tried;
    }
    return towards;
  };
  const tokens = (colour, ground, towards, on) => {
    const css = (value) => `rgb(${value.join(" ")})`;
    return `--accent:${css(colour)};--accent-text:${css(colour)};--accent-hover:${css(mix(colour, towards, 0.16))};--accent-tint:${css(
      mix(colour, ground, 0.9),
    )};--accent-line:${css(mix(colour, ground, 0.7))};--on-accent:${on};`;
  };
  const { accent } = root.dataset;
  if (/^#[0-9a-f]{6}$/i.test(accent || "") && "adoptedStyleSheets" in document) {
    const white = [255, 255, 255];
    const night = [19, 24, 34];
    const day = tokens(readable(parse(accent), white, [0, 0, 0]), white, [0, 0, 0], "#fff");
    const dark = tokens(readable(parse(accent), night, white), night, white, "#0c1022");
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      `:root{${day}}@media (prefers-color-scheme:dark){:root:not([data-theme="light"]){${dark}}}:root[data-theme="dark"]{${dark}}`,
    );
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }

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
