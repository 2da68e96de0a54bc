// Parts of a page: elements with a `data-part`, rendered by the server from the page's own templates.
import { Idiomorph } from "idiomorph";
import { Ticking } from "./clock";

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Whether the person has changed this field since the server rendered it. */
function touched(field: Field): boolean {
  if (field instanceof HTMLSelectElement) {
    const byDefault = [...field.options].some((option) => option.defaultSelected);
    return [...field.options].some((option, index) =>
      byDefault ? option.selected !== option.defaultSelected : option.selected && index > 0,
    );
  }
  if (field instanceof HTMLInputElement && /^(checkbox|radio)$/.test(field.type)) {
    return field.checked !== field.defaultChecked;
  }
  return field.type !== "hidden" && field.value !== field.defaultValue;
}

function isField(node: Node): node is Field {
  return (
    node instanceof HTMLInputElement || node instanceof HTMLTextAreaElement || node instanceof HTMLSelectElement
  );
}

/** A field that must stay as it is: focused, half typed, or the version that a half-typed text belongs to. */
function keeps(node: Node): boolean {
  if (!isField(node)) return false;
  if (node === document.activeElement || touched(node)) return true;
  const form = node.form;
  return node.type === "hidden" && form !== null && [...form.elements].some((e) => isField(e) && touched(e));
}

/** Whether somebody is in the middle of writing in this element, which therefore must not go away. */
function beingWritten(node: Node): boolean {
  return (
    node instanceof Element &&
    [...node.querySelectorAll("input, textarea, select")].some((field) => isField(field) && touched(field))
  );
}

/** Bring an element to its new form; focus, half-typed text and opened details survive. */
export function morph(element: Element, fresh: Element): void {
  Idiomorph.morph(element, fresh, {
    ignoreActiveValue: true,
    callbacks: {
      beforeNodeMorphed: (old) => !keeps(old),
      afterNodeMorphed: (old) => old instanceof Ticking && old.tick(),
      beforeNodeRemoved: (old) => !beingWritten(old),
      beforeAttributeUpdated: (name, owner) => !(name === "open" && owner instanceof HTMLDetailsElement),
    },
  });
}

const LIFTED = 300; // milliseconds between a finger that goes up and its click, at most
let released = Promise.resolve(); // while a finger is down, nothing moves away under it

addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return; // it opens a menu, and of its end no page may hear
  released = new Promise((resolve) => {
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(resolve, LIFTED), { once: true });
  });
});

let taken = 0; // answers that this page has taken over

function parts(root: ParentNode): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>("[data-part]")];
}

/** Take over every part of this page that the other document has as well. */
export function takeOver(fresh: Document): void {
  taken += 1;
  for (const element of parts(document)) {
    const next = fresh.querySelector(`[data-part="${CSS.escape(element.dataset["part"] ?? "")}"]`);
    if (next) morph(element, next);
  }
}

/** Ask the server for the parts of this page as they are now; again where a form's answer came first. */
export async function refresh(address: string): Promise<void> {
  const names = parts(document).map((element) => element.dataset["part"]);
  const before = taken;
  const response = await fetch(address + names.join(","), { headers: { Accept: "text/html" } });
  if (response.status === 401 && beingWritten(document.body)) throw new Error("signed out"); // sending asks to sign in
  if (response.status === 401 || response.status === 404) {
    location.reload(); // signed out, or no longer ours to see: the page says which
    return;
  }
  if (!response.ok) throw new Error(`parts: ${response.status}`);
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  await released;
  if (taken !== before) return refresh(address); // it may be older than what the page shows by now
  takeOver(fresh);
}
