// A query that is tried while it is typed: the server's page, and of it the preview.
import { takeOver } from "./parts";

const REST = 350; // milliseconds without a key before it is worth asking

export class QueryTrial extends HTMLElement {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: AbortController | undefined;

  connectedCallback(): void {
    this.addEventListener("input", this.#typed);
    this.addEventListener("click", this.#pressed);
    const query = this.querySelector("textarea");
    if (!this.#onlyPressed && query && query.value !== query.defaultValue) void this.#ask(); // typed before this script was there
  }

  disconnectedCallback(): void {
    clearTimeout(this.#timer);
    this.#running?.abort();
  }

  /** Of a trial that asks somebody else's server: not at each key. */
  get #onlyPressed(): boolean {
    return "pressed" in this.dataset;
  }

  #typed = (event: Event): void => {
    if (this.#onlyPressed || !(event.target instanceof HTMLTextAreaElement)) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), REST);
  };

  #pressed = (event: Event): void => {
    if (!(event.target instanceof Element) || !event.target.closest("[data-try]")) return;
    event.preventDefault();
    void this.#ask();
  };

  async #ask(): Promise<void> {
    const form = this.querySelector("form");
    const here = document.querySelector<HTMLElement>('[data-part="preview"]');
    if (!form || !here) return;
    this.#running?.abort();
    const running = (this.#running = new AbortController());
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) body.append(name, String(value));
    here.setAttribute("aria-busy", "true");
    try {
      const address = this.dataset["preview"] ?? "";
      const response = await fetch(address, { method: "POST", body, signal: running.signal, headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (!page.querySelector('[data-part="preview"]')) return location.reload(); // signed out meanwhile
      takeOver(page);
      const broken = page.querySelector("#query-error") !== null;
      form.querySelector("textarea")?.setAttribute("aria-invalid", String(broken));
    } catch {
      // overtaken by the next key, or no connection: what is shown stays
    } finally {
      if (this.#running === running) here.removeAttribute("aria-busy");
    }
  }
}
