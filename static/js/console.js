/* The console: navigation, search keys, filters as menus, bulk bar, questions before dangerous verbs. */
"use strict";
(() => {
  const root = document.documentElement;
  const remember = (key, value) => {
    try {
      localStorage.setItem(key, value);
    } catch {
      /* private mode: forgotten with the page */
    }
  };
  const recall = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };

  /* Navigation: narrow or wide on a desk, over the page on a phone, groups open and shut. */
  const toggle = document.querySelector("[data-nav-toggle]");
  const narrow = () => root.dataset.nav === "narrow";
  const showNarrow = () => toggle?.setAttribute("aria-pressed", String(narrow()));
  showNarrow();
  toggle?.addEventListener("click", () => {
    if (narrow()) delete root.dataset.nav;
    else root.dataset.nav = "narrow";
    remember("nav", root.dataset.nav || "wide");
    showNarrow();
  });

  const opener = document.querySelector("[data-nav-open]");
  const side = document.getElementById("console-nav");
  const setOpen = (open) => {
    document.body.classList.toggle("nav-open", open);
    opener?.setAttribute("aria-expanded", String(open));
    document.querySelector(".desk")?.toggleAttribute("inert", open);
    if (open) side.querySelector("a").focus();
    else opener?.focus();
  };
  opener?.addEventListener("click", () => setOpen(true));
  document.querySelector("[data-nav-close]")?.addEventListener("click", () => setOpen(false));

  const groups = new Set((recall("nav-groups") || "").split("\n").filter(Boolean));
  document.querySelectorAll(".side-group").forEach((group) => {
    const button = group.querySelector("[data-group-toggle]");
    if (!button) return;
    const set = (open) => {
      group.classList.toggle("open", open);
      button.setAttribute("aria-expanded", String(open));
    };
    if (groups.has(group.dataset.group)) set(true);
    button.addEventListener("click", () => {
      const open = !group.classList.contains("open");
      set(open);
      if (open) groups.add(group.dataset.group);
      else groups.delete(group.dataset.group);
      remember("nav-groups", [...groups].join("\n"));
    });
  });

  /* `/` and Ctrl-K lead to the search, Escape leads back. */
  const search = document.getElementById("global-search") || document.getElementById("searchbar");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.classList.contains("nav-open")) setOpen(false);
    if (event.key === "Escape" && document.activeElement === search) search.blur();
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
    const k = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
    if (!search || !(slash || k)) return;
    event.preventDefault();
    search.focus();
    search.select();
  });

  /* On a phone the cells of a table are cards and need the names of their columns. */
  const columnName = (cell) => {
    const words = cell.cloneNode(true);
    words.querySelectorAll(".sortpriority").forEach((number) => number.remove());
    return words.textContent.trim().replace(/\s+/g, " ");
  };
  document.querySelectorAll(":is(.results, .panel .tabular) table").forEach((table) => {
    const names = [...(table.tHead?.rows[0]?.cells ?? [])].map(columnName);
    [...table.tBodies].flatMap((body) => [...body.rows]).forEach((row) => {
      if (row.cells.length !== names.length) return;
      [...row.cells].forEach((cell, at) => {
        if (names[at]) cell.dataset.label ??= names[at];
      });
    });
  });

  /* Controls that the admin leaves without a name: the halves of a moment, the cells of an inline table. */
  const name = (scope) => {
    scope.querySelectorAll(":is(input, select, textarea):not([type=hidden], [aria-label], [aria-labelledby])").forEach((control) => {
      if (control.labels?.length) return;
      const row = control.closest(".form-row, td");
      const cell = control.closest("td");
      const head = cell && control.closest("table")?.tHead?.rows[0]?.cells[cell.cellIndex];
      const half = control.matches(".vTimeField") ? control.previousSibling : control.matches(".vDateField") && control.previousSibling;
      const words = [
        head ? head.textContent : row?.querySelector(".label, label")?.textContent,
        half?.nodeType === Node.TEXT_NODE ? half.textContent : "",
      ];
      const label = words.join(" ").replace(/[\s:]+/g, " ").trim() || control.title || control.placeholder;
      if (label) control.setAttribute("aria-label", label);
    });
  };
  document.querySelectorAll(".admin-form, #changelist-form").forEach(name);
  document.addEventListener("formset:added", (event) => name(event.target));

  /* Bulk bar: one button for each action, shown while rows are chosen. The plain form stays underneath. */
  const bulk = document.querySelector(".bulk");
  const list = document.getElementById("changelist-form");
  if (bulk && list) {
    const select = bulk.querySelector("select[name=action]");
    const go = bulk.querySelector("button[name=index]");
    const place = bulk.querySelector("[data-bulk-buttons]");
    const extra = bulk.querySelectorAll(".bulk-form :is(input, select, textarea):not([name=action], [type=hidden])");
    if (select && go && place) {
      [...select.options].filter((option) => option.value).forEach((option) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = `btn btn-sm ${option.value.startsWith("delete") ? "btn-outline-danger" : "btn-secondary"}`;
        button.textContent = option.textContent;
        button.addEventListener("click", () => {
          select.value = option.value;
          go.click();
        });
        place.append(button);
      });
      bulk.classList.add("bulk-ready");
      if (extra.length) bulk.classList.add("bulk-extra");
    }
    const show = () => bulk.classList.toggle("bulk-on", list.querySelector("input.action-select:checked") !== null);
    list.addEventListener("change", show);
    list.addEventListener("click", () => window.setTimeout(show));
    window.addEventListener("pageshow", show);
    show();
  }

  /* A row opens wherever it is pressed, unless something in it was meant. */
  document.querySelector("#result_list tbody")?.addEventListener("click", (event) => {
    if (event.target.closest("a, button, input, select, textarea, label, summary, .action-checkbox")) return;
    if (String(window.getSelection())) return;
    const link = event.target.closest("tr")?.querySelector("th a:not([data-popup-opener])");
    if (!link) return;
    if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
    else link.click();
  });

  /* The facts stay in view beside a long story; where they are taller than the window, their end does. */
  const facts = document.querySelector(".detail-side");
  if (facts && "ResizeObserver" in window) {
    const place = () => {
      facts.style.top = `${Math.min(72, window.innerHeight - facts.offsetHeight - 16)}px`;
    };
    new ResizeObserver(place).observe(facts);
    window.addEventListener("resize", place);
  }

  /* Dangerous verbs: data-confirm on a form, a submit button or a link holds the sentence. */
  const sheet = document.getElementById("confirm-sheet");
  let proceed = null;
  const ask = (text, label, then) => {
    sheet.querySelector("[data-confirm-text]").textContent = text;
    const button = sheet.querySelector("[data-confirm-go]");
    button.dataset.usual ??= button.textContent;
    button.textContent = label || button.dataset.usual;
    proceed = then;
    sheet.showModal();
  };
  sheet?.querySelector("[data-confirm-go]").addEventListener("click", () => {
    sheet.close();
    proceed?.();
    proceed = null;
  });
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      const text = event.submitter?.dataset.confirm || form.dataset.confirm;
      if (!text || form.dataset.agreed) return;
      event.preventDefault();
      event.stopPropagation();
      const { submitter } = event;
      ask(text, submitter?.dataset.confirmLabel || submitter?.textContent.trim(), () => {
        form.dataset.agreed = "1";
        form.requestSubmit(submitter);
      });
    },
    true,
  );
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-confirm]");
    if (!link) return;
    event.preventDefault();
    ask(link.dataset.confirm, link.dataset.confirmLabel || link.textContent.trim(), () => window.location.assign(link.href));
  });
})();
