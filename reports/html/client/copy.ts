// Copy a link to a part of the report, or a drill as Markdown for a ticket.
for (const drill of document.querySelectorAll<HTMLElement>(".drill")) {
  const markdown = drill.querySelector<HTMLTemplateElement>("template.markdown");
  const bar = document.createElement("span");
  bar.className = "tools copy";
  add(bar, "Copy link", () => linkTo(drill.id));
  if (markdown !== null) add(bar, "Copy as Markdown", () => linesOf(markdown));
  drill.querySelector("header")?.append(bar);
}

for (const anchor of document.querySelectorAll<HTMLAnchorElement>("a.anchor"))
  anchor.addEventListener("click", () => {
    void copy(linkTo(anchor.hash.slice(1)));
  });

/** What a link points at is shown even if it stands in something folded. */
function reveal(): void {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (
    let outer = target?.closest("details");
    outer !== null && outer !== undefined;
    outer = outer.parentElement?.closest("details")
  )
    outer.open = true;
  if (target?.closest("details") !== null) target?.scrollIntoView();
}
addEventListener("hashchange", reveal);
reveal();

/** A line of text in each element of the template. */
function linesOf(template: HTMLTemplateElement): string {
  return [...template.content.children].map((line) => line.textContent).join("\n");
}

function linkTo(id: string): string {
  return `${location.href.split("#")[0] ?? ""}#${id}`;
}

function add(bar: HTMLElement, label: string, text: () => string): void {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  button.addEventListener("click", () => {
    void copy(text()).then((done) => {
      button.textContent = done ? "Copied" : "Could not copy";
      setTimeout(() => {
        button.textContent = label;
      }, 1500);
    });
  });
  bar.append(button);
}

/** Without permission for the clipboard the old way still works in most browsers. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    // Deprecated, and the only thing that works where the clipboard may not be written.
    const done = (document as { execCommand(command: string): boolean }).execCommand("copy");
    area.remove();
    return done;
  }
}
