// Forms of live pages are sent without leaving the page; the server's answer is the page itself.
import { takeOver } from "./parts";

export function sendInPlace(event: SubmitEvent): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post" || !document.querySelector("tocsin-live")) return;
  if (!form.closest("[data-in-place]") || "leaves" in form.dataset) return;
  event.preventDefault();
  void send(form, event.submitter);
}

async function send(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter)) body.append(name, String(value));
  submitter?.setAttribute("disabled", "");
  try {
    const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (response.status === 401) return leave(form, submitter);
    if (!response.ok) return refused(page);
    if (new URL(response.url).pathname !== location.pathname) return location.assign(response.url);
    form.reset();
    form.closest("details")?.removeAttribute("open");
    complain(page);
    const focused = form.contains(document.activeElement) ? (document.activeElement as HTMLElement) : null;
    focused?.blur(); // a phone leaves the focus in the text, which would not take over what the server has
    takeOver(page);
    focused?.focus({ preventScroll: true });
  } catch {
    unsent(); // what was typed stays where it is
  } finally {
    submitter?.removeAttribute("disabled");
  }
}

/** Signed out: send it once more as a page of its own, which asks to sign in and keeps what was typed. */
function leave(form: HTMLFormElement, submitter: HTMLElement | null): void {
  submitter?.removeAttribute("disabled");
  form.dataset["leaves"] = "";
  form.requestSubmit(submitter);
}

/** An answer that tells no problem is none of ours, but of something that stands before the server. */
function refused(page: Document): void {
  if (!page.querySelector("#problem > p")) return unsent();
  complain(page);
  renew(page);
}

/** Take over the token of a newer sign-in, if it is the same person's. */
function renew(page: Document): void {
  const fresh = page.querySelector<HTMLInputElement>("input[name=csrf]")?.value ?? "";
  for (const field of document.querySelectorAll<HTMLInputElement>("input[name=csrf]")) {
    if (field.value.split(".")[0] === fresh.split(".")[0]) field.value = fresh;
  }
}

/** Show the problem that the answer tells of, in the place where every page has one; or clear it. */
function complain(page: Document): void {
  const here = document.querySelector("#problem");
  const there = page.querySelector("#problem");
  if (!here) return;
  here.replaceChildren(...(there?.childNodes ?? []));
  if (here.childElementCount > 0) here.scrollIntoView({ block: "center" });
}

function unsent(): void {
  const here = document.querySelector<HTMLElement>("#problem");
  if (!here) return;
  const words = document.createElement("p");
  words.textContent = here.dataset["unsent"] ?? "";
  here.replaceChildren(words);
  here.scrollIntoView({ block: "center" });
}
