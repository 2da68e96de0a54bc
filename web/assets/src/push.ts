// <tocsin-push>: a button that makes this browser a contact. Its form is sent as any other, once the
// browser has said where it can be reached.

export class PushContact extends HTMLElement {
  connectedCallback(): void {
    const button = this.querySelector("button");
    if (button === null || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
    button.disabled = false;
    button.addEventListener("click", () => void this.#subscribe(button));
  }

  async #subscribe(button: HTMLButtonElement): Promise<void> {
    button.disabled = true;
    try {
      if ((await Notification.requestPermission()) !== "granted") throw new Error("refused");
      const worker = await navigator.serviceWorker.register("/static/push-worker.js");
      const key = bytes(this.dataset["key"] ?? "");
      const subscription = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
      this.#fill(subscription.toJSON());
      this.querySelector("form")?.submit();
    } catch {
      button.disabled = false;
      this.querySelector("[data-refused]")?.removeAttribute("hidden");
    }
  }

  #fill(told: PushSubscriptionJSON): void {
    const values = { endpoint: told.endpoint, p256dh: told.keys?.["p256dh"], auth: told.keys?.["auth"] };
    for (const [name, value] of Object.entries(values)) {
      const field = this.querySelector<HTMLInputElement>(`input[name="value-${name}"]`);
      if (field !== null) field.value = value ?? "";
    }
  }
}

function bytes(base64url: string): Uint8Array<ArrayBuffer> {
  const plain = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}
