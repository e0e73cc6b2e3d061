// Filters: the log by kind, the lanes and promises to those with something to see.
for (const log of document.querySelectorAll<HTMLElement>(".log")) {
  const rows = [...log.querySelectorAll<HTMLElement>(".entry")];
  const kinds = [...new Set(rows.map((row) => row.dataset.kind ?? ""))];
  if (kinds.length < 2) continue;
  const bar = document.createElement("div");
  bar.className = "filter";
  for (const kind of kinds)
    bar.append(
      toggle(rows.find((row) => row.dataset.kind === kind)?.children[1]?.textContent ?? kind, true, (on) => {
        for (const row of rows) if (row.dataset.kind === kind) row.hidden = !on;
      }),
    );
  log.querySelector("summary")?.after(bar);
}

for (const picture of document.querySelectorAll<HTMLElement>(".picture[data-lanes]")) {
  const quiet = [...picture.querySelectorAll<HTMLElement>(".lane:not(.eventful):not(.ruler)")];
  const tools = picture.querySelector(".tools");
  if (quiet.length === 0 || tools === null) continue;
  tools.append(
    toggle("Lanes without a change", true, (on) => {
      for (const lane of quiet) lane.hidden = !on;
    }),
  );
}

function toggle(label: string, initial: boolean, act: (on: boolean) => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  button.setAttribute("aria-pressed", String(initial));
  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    act(on);
  });
  return button;
}
