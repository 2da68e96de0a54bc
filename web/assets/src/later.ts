// <tocsin-later>: what takes its time is fetched once the page is there, inside a fold when that is opened. What
// stands in its place stays when that fails.
export class Later extends HTMLElement {
  #ended = new AbortController();

  connectedCallback(): void {
    this.#ended = new AbortController();
    const fold = this.closest("details");
    if (!fold || fold.open) void this.#fetch();
    else fold.addEventListener("toggle", () => void this.#fetch(), { once: true, signal: this.#ended.signal });
  }

  disconnectedCallback(): void {
    this.#ended.abort();
  }

  async #fetch(): Promise<void> {
    this.setAttribute("aria-busy", "true");
    try {
      const address = this.dataset["from"] ?? "";
      const response = await fetch(address, { headers: { Accept: "text/html" }, signal: this.#ended.signal });
      if (!response.ok) return;
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html").body;
      if (fresh.childElementCount) this.replaceChildren(...fresh.childNodes);
    } catch {
      // no connection, or the page was left: what is shown stays
    } finally {
      this.removeAttribute("aria-busy");
    }
  }
}
