// Shows pages that are pushed to this browser, and answers them when a button is tapped.
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
      actions: buttons(told),
    }),
  );
});

/** As many as this browser shows; a tap on the text opens the page that has all of them. */
function buttons(told) {
  return ["acknowledge", "escalate", "dismiss"]
    .filter((action) => told[action])
    .map((action) => ({ action, title: told[`${action}_label`] }))
    .slice(0, Notification.maxActions ?? 2);
}

self.addEventListener("notificationclick", (event) => {
  const told = event.notification.data ?? {};
  event.notification.close();
  event.waitUntil(answer(told, event.action));
});

/** "No crisis" needs a reason: its address is the page with the form, open there. */
function answer(told, action) {
  if (action === "acknowledge" && told.acknowledge) return post(told, told.acknowledge, "✓");
  if (action === "escalate" && told.escalate) return post(told, told.escalate, "↑");
  const page = (action === "dismiss" && told.dismiss) || told.acknowledge || told.url;
  return self.clients.openWindow(page);
}

/** What went wrong (a used link, somebody else was first) is said by the page of the link. */
async function post(told, address, sign) {
  try {
    const answer = await fetch(address, { method: "POST", credentials: "omit" });
    if (answer.ok) {
      await self.registration.showNotification(`${sign} ${told.title}`, { tag: told.tag, data: { url: told.url } });
      return;
    }
  } catch {
    // Without a network the page of the link is what is left to try.
  }
  await self.clients.openWindow(told.acknowledge);
}
