/* The editor of rules. Lines come and go in the page itself, so that no answer of the server ever takes the place of
   what somebody is typing: it brings the sentence, and what is wrong goes beside the fields that it names. */
"use strict";
(() => {
  const form = document.getElementById("rule-form");
  if (!form) return;
  const preview = document.getElementById("rule-preview");
  const changed = () => form.dispatchEvent(new CustomEvent("rule:changed", { bubbles: true }));
  const say = (text) => {
    document.getElementById("live").textContent = text;
  };

  /* A copy of a template, with the number of its line in every name. */
  const copyOf = (template, number) => {
    const holder = document.createElement("template");
    holder.innerHTML = template.innerHTML.replaceAll("__n__", number);
    return holder.content;
  };
  const freeNumber = (name) =>
    1 + Math.max(-1, ...[...form.querySelectorAll(`input[name="${name}"]`)].map((one) => Number(one.value)));

  /* A line asks for something else: its fields take the place of the others, which are kept for whoever comes back. */
  const kept = new WeakMap();
  const showKind = (select) => {
    const line = select.closest("[data-line]");
    const place = line.querySelector("[data-fields]");
    const template = document.querySelector(`template[data-kind-fields="${CSS.escape(select.value)}"]`);
    const drawer = kept.get(line) ?? {};
    kept.set(line, drawer);
    drawer[place.dataset.fields] = [...place.childNodes];
    place.replaceChildren(...(drawer[select.value] ?? (template ? copyOf(template, select.dataset.kind).childNodes : [])));
    place.dataset.fields = select.value;
  };

  const add = (button) => {
    const isLimit = button.dataset.add === "limit";
    const group = form.querySelector(`[data-lines="${button.dataset.add}"]`);
    const number = freeNumber(isLimit ? "limit" : "line");
    group.append(copyOf(document.getElementById(isLimit ? "rule-limit" : "rule-line"), number));
    const line = group.lastElementChild;
    const hidden = line.querySelector("[data-group]");
    if (hidden) hidden.value = button.dataset.add;
    unitShown();
    limitShown(line);
    kindsShown(line);
    line.querySelector("input:not([type=hidden]), select").focus();
    changed();
  };

  const remove = (button) => {
    const line = button.closest("[data-line]");
    const group = line.closest("[data-lines]");
    const beside = line.nextElementSibling ?? line.previousElementSibling;
    line.remove();
    const next = beside?.matches("[data-line]") ? beside.querySelector("[data-remove]") : null;
    (next ?? form.querySelector(`[data-add="${group.dataset.lines}"]`)).focus();
    say(button.querySelector("svg")?.getAttribute("aria-label") ?? "");
    changed();
  };

  const rowAdd = (button) => {
    const rows = form.querySelector(`[data-rows="${CSS.escape(button.dataset.more)}"]`);
    const row = rows.lastElementChild.cloneNode(true);
    const unit = rows.lastElementChild.querySelector("select");
    row.querySelectorAll("input").forEach((input) => {
      input.value = "";
      input.removeAttribute("id");
    });
    if (unit) row.querySelector("select").value = unit.value;
    rows.append(row);
    row.querySelector("input").focus();
  };

  const rowRemove = (button) => {
    const row = button.closest("[data-row]");
    const rows = row.parentElement;
    if (rows.children.length > 1) {
      const { id } = row.querySelector("input");
      row.remove();
      if (id) rows.querySelector("input").id = id;
    } else {
      row.querySelectorAll("input").forEach((input) => {
        input.value = "";
      });
    }
    rows.querySelector("input").focus();
    changed();
  };

  /* What cannot be said together is not offered: a reckoning that does not fit the reward, a rest of what is no sum. */
  const calculator = form.querySelector("[data-calculator]");
  const trigger = form.querySelector("[data-trigger]");
  const isKnown = (one) => {
    const known = (trigger.selectedOptions[0]?.dataset.known ?? trigger.dataset.known).split(" ");
    return (one.dataset.needs ?? "").split(" ").every((need) => !need || known.includes(need));
  };
  const offer = (option, fits) => {
    option.hidden = option.disabled = !fits && !option.selected;
  };
  const kindsShown = (scope) => {
    scope.querySelectorAll("[data-kind] option").forEach((option) => offer(option, isKnown(option)));
  };
  const recipientsShown = () => {
    form.querySelectorAll("label[data-needs]").forEach((label) => {
      label.hidden = !isKnown(label) && !label.querySelector("input").checked;
    });
  };
  const calculatorShown = () => {
    const benefit = form.querySelector("[data-benefit]:checked")?.value;
    [...calculator.options].forEach((option) => {
      const fits = (option.dataset.benefits ?? "").split(" ").includes(benefit);
      offer(option, fits && isKnown(option));
    });
    form.querySelectorAll("[data-gives]").forEach((panel) => {
      panel.hidden = panel.dataset.gives !== benefit;
    });
    form.querySelectorAll("[data-settings]").forEach((panel) => {
      panel.hidden = panel.dataset.settings !== calculator.value;
    });
    form.querySelector("[data-amounts-panel]").hidden = !calculator.selectedOptions[0]?.dataset.amounts;
  };
  const limitShown = (line) => {
    const over = line.querySelector("[data-over]");
    if (over) offer(over.querySelector("option[value=partial]"), line.querySelector("[data-measure]").value === "amount");
  };
  /* A coupon is mostly a share, an upgrade some days, most else money; an amount that was typed stays as it is. */
  const unitSuggested = (benefit) => {
    const rows = form.querySelector('[data-rows="amounts"]');
    if ([...rows.querySelectorAll("input")].some((input) => input.value.trim())) return;
    rows.querySelectorAll("select").forEach((select) => {
      select.value = benefit.dataset.unit;
    });
  };

  form.addEventListener("change", (event) => {
    const { target } = event;
    if (target.matches("[data-kind]")) showKind(target);
    if (target.matches("[data-benefit]")) unitSuggested(target);
    if (target.matches("[data-benefit], [data-calculator], [data-trigger]")) calculatorShown();
    if (target.matches("[data-trigger]")) kindsShown(form);
    if (target.matches("[data-trigger], [name=recipient]")) recipientsShown();
    if (target.matches("[data-measure]")) limitShown(target.closest("[data-line]"));
    if (target.matches("[data-other]") && target.value === "?other") target.nextElementSibling?.focus();
  });

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const deeds = [
      ["[data-add]", add],
      ["[data-remove]", remove],
      ["[data-more]", rowAdd],
      ["[data-row-remove]", rowRemove],
    ];
    const found = button && deeds.find(([selector]) => button.matches(selector));
    if (!found) return;
    event.preventDefault();
    found[1](button);
  });

  /* Far from its field, a problem says which one it means. */
  const named = (link) => {
    const field = link.dataset.problemOf;
    const label = document.getElementById(`label-${field}`) ?? form.querySelector(`label[for="${CSS.escape(`f-${field}`)}"]`);
    // Without what follows it, such as “optional”.
    const name = label?.firstChild?.textContent.trim();
    if (!name) return;
    const before = document.createElement("b");
    before.textContent = /[?？]$/.test(name) ? `${name} ` : `${name}: `;
    link.prepend(before);
  };
  /* The problems that came with the sentence, each beside its field as well. */
  const problemsShown = () => {
    const texts = new Map();
    preview.querySelectorAll("[data-problem-of]").forEach((one) => {
      texts.set(one.dataset.problemOf, one.textContent.trim());
      named(one);
    });
    form.querySelectorAll("[data-problem]").forEach((slot) => {
      const text = texts.get(slot.dataset.problem) ?? "";
      if (slot.textContent !== text) slot.textContent = text;
      form.querySelectorAll(`[aria-describedby~="${CSS.escape(slot.id)}"]`).forEach((control) => {
        if (control.matches("[role=group]")) return;
        control.toggleAttribute("aria-invalid", Boolean(text));
        if (text) control.setAttribute("aria-invalid", "true");
      });
      if (text) slot.closest("details")?.setAttribute("open", "");
    });
  };
  /* Limits count in what the rule gives. */
  const unitShown = () => {
    const { unit } = preview.querySelector("[data-unit]").dataset;
    form.querySelectorAll("[data-unit-here]").forEach((place) => {
      if (place.textContent !== unit) place.textContent = unit;
    });
  };
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== preview) return;
    problemsShown();
    unitShown();
  });
  preview.addEventListener("click", (event) => {
    const link = event.target.closest("[data-problem-of]");
    const control = link && document.getElementById(`f-${link.dataset.problemOf}`);
    if (!control) return;
    event.preventDefault();
    control.focus();
  });

  calculatorShown();
  kindsShown(form);
  recipientsShown();
  form.querySelectorAll(".rule-limit").forEach(limitShown);
  problemsShown();
  if (document.querySelector(".rule-form .errornote")) form.querySelector("[aria-invalid=true]")?.focus();
})();
