// The islands of life in pages that work without them.
import { Again } from "./again";
import { SignalChart } from "./chart";
import { Countdown, Elapsed } from "./clock";
import { Copy } from "./copy";
import { sendInPlace } from "./forms";
import { Later } from "./later";
import { LivePage } from "./live";
import { PushContact } from "./push";
import { QueryTrial } from "./trial";

customElements.define("tocsin-live", LivePage);
customElements.define("tocsin-again", Again);
customElements.define("tocsin-later", Later);
customElements.define("tocsin-copy", Copy);
customElements.define("tocsin-chart", SignalChart);
customElements.define("tocsin-elapsed", Elapsed);
customElements.define("tocsin-countdown", Countdown);
customElements.define("tocsin-push", PushContact);
customElements.define("tocsin-trial", QueryTrial);
document.addEventListener("submit", sendInPlace);
// Why a form was refused comes before the part of the page that the address leads to.
addEventListener("load", () => document.querySelector("#problem > p")?.scrollIntoView({ block: "center" }));
document.documentElement.dataset["ready"] = "true";
