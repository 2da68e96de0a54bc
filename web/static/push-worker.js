// Shows pages that are pushed to this browser, and acknowledges them when that is tapped.
// It works without any page of ours being open; the link in the message is its own proof.

self.addEventListener("push", (event) => {
  const told = event.data ? event.data.json() : {};
  event.waitUntil(
    self.registration.showNotification(told.title ?? "Tocsin", {
      body: told.body ?? "",
      tag: told.tag,
      lang: told.language,
      icon: "/static/icon.svg",
      data: told,
      requireInteraction: Boolean(told.acknowledge),
      actions: told.acknowledge ? [{ action: "acknowledge", title: told.acknowledge_label }] : [],
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  const told = event.notification.data ?? {};
  event.notification.close();
  const acknowledges = event.action === "acknowledge" && told.acknowledge;
  event.waitUntil(acknowledges ? acknowledge(told) : self.clients.openWindow(told.acknowledge ?? told.url));
});

/** What went wrong (a used link, somebody else was first) is said by the page of the link. */
async function acknowledge(told) {
  try {
    const answer = await fetch(told.acknowledge, { method: "POST", credentials: "omit" });
    if (answer.ok) {
      await self.registration.showNotification(`✓ ${told.title}`, { tag: told.tag, data: { url: told.url } });
      return;
    }
  } catch {
    // Without a network the page of the link is what is left to try.
  }
  await self.clients.openWindow(told.acknowledge);
}
