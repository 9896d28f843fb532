/* Loaded in the head of the console before the first paint: the narrow navigation stays narrow. */
"use strict";
try {
  if (localStorage.getItem("nav") === "narrow") document.documentElement.dataset.nav = "narrow";
} catch {
  /* private mode: the navigation starts wide */
}
