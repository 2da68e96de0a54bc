// One WebSocket per page, and subscriptions that outlive it.
import { createClient, type Client } from "graphql-ws";

export type LinkState = "lost" | "catching-up" | "live";

const FIRST_PAUSE = 300; // milliseconds
const LONGEST_PAUSE = 8000;
const PONG_WITHIN = 5000;

let client: Client | undefined;

function shared(): Client {
  client ??= connect();
  return client;
}

function connect(): Client {
  const url = new URL("/graphql", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  let socket: WebSocket | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  return createClient({
    url: url.href,
    retryAttempts: 0, // we begin again ourselves, from the number we have reached
    keepAlive: 10_000,
    on: {
      opened: (opened) => (socket = opened as WebSocket),
      ping: (received) => {
        if (!received) silence = setTimeout(() => socket?.close(4408, "no pong"), PONG_WITHIN);
      },
      pong: (received) => {
        if (received) clearTimeout(silence);
      },
      closed: () => clearTimeout(silence),
    },
  });
}

export interface Subscription<T> {
  document: string;
  /** Asked for again on each attempt, so that it says how far we have come. */
  variables: () => Record<string, unknown>;
  data: (data: T) => void;
  state?: (state: LinkState) => void;
}

/** Subscribe for as long as `signal` allows; when the line breaks, say so and begin again. */
export async function follow<T>(subscription: Subscription<T>, signal: AbortSignal): Promise<void> {
  let pause = FIRST_PAUSE;
  while (!signal.aborted) {
    const began = Date.now();
    try {
      await once(subscription, signal);
    } catch {
      subscription.state?.("lost");
    }
    if (Date.now() - began > LONGEST_PAUSE) pause = FIRST_PAUSE;
    await rest(pause * (0.75 + Math.random() / 2));
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }
}

/** One attempt: resolves when the server ended the stream, rejects when the line broke. */
function once<T>({ document, variables, data, state }: Subscription<T>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stopListening = shared().on("connected", () => state?.("catching-up"));
    const end = (settle: () => void) => () => {
      stopListening();
      settle();
    };
    const unsubscribe = shared().subscribe<T>(
      { query: document, variables: variables() },
      {
        next: (result) => result.data && data(result.data),
        error: (error) => end(() => reject(error))(),
        complete: end(resolve),
      },
    );
    signal.addEventListener("abort", unsubscribe, { once: true });
  });
}

/** Wait, but no longer than until the browser says that it is online again. */
function rest(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done(): void {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    }
    window.addEventListener("online", done);
  });
}
