// <tocsin-live>: keeps the page's parts current and says, visibly, whether it does.
import caseDocument from "../../../graphql/operations/CaseChanges.graphql";
import deskDocument from "../../../graphql/operations/DeskChanges.graphql";
import timelineDocument from "../../../graphql/operations/TimelineChanges.graphql";
import { refresh } from "./parts";
import { follow, type LinkState } from "./socket";

const BURST = 40; // milliseconds: changes that come together are fetched together
const PATIENCE = 2000; // milliseconds until a failed fetch is tried again

interface Change {
  timeline?: { seq: number };
  desk?: number;
  cases?: number;
}

export class LivePage extends HTMLElement {
  #ended = new AbortController();
  #seq = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #fetching = false;
  #again = false;

  connectedCallback(): void {
    this.#seq = Number(this.dataset["seq"] ?? 0);
    const incident = this.dataset["incident"];
    void follow<Change>(
      {
        document: incident ? timelineDocument : this.dataset["subject"] === "cases" ? caseDocument : deskDocument,
        variables: () => ({ ...(incident && { incident }), after: this.#seq }),
        data: (change) => this.#heard(change),
        state: (state) => this.#say(state),
      },
      this.#ended.signal,
    );
  }

  disconnectedCallback(): void {
    this.#ended.abort();
  }

  #heard(change: Change): void {
    this.#seq = Math.max(this.#seq, change.timeline?.seq ?? change.desk ?? change.cases ?? 0);
    this.#soon(BURST);
  }

  #soon(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#fetch(), milliseconds);
  }

  /** One fetch at a time; what changes meanwhile is fetched right after. */
  async #fetch(): Promise<void> {
    if (this.#fetching) {
      this.#again = true;
      return;
    }
    this.#fetching = true;
    this.#again = false;
    try {
      await refresh(this.dataset["parts"] ?? "");
      this.#show("live");
    } catch {
      this.#soon(PATIENCE);
    } finally {
      this.#fetching = false;
      if (this.#again) this.#soon(0);
    }
  }

  #say(state: LinkState): void {
    this.#show(state);
    if (state === "catching-up") this.#soon(0);
  }

  #show(state: LinkState): void {
    if (this.dataset["state"] === state) return;
    this.dataset["state"] = state;
    this.textContent = this.getAttribute(`text-${state}`);
  }
}
