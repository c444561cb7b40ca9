/** The page's way to its kernel: the exchange, over the notebook's widget model. */

import { Exchange } from "./exchange.js";
import { storageKey, tabStorage, UnsentAnswers } from "./unsent.js";

/** @import { Screen } from "./exchange.js" */
/** @import { Config, Model } from "./types.js" */

/** @param {Model} model @param {Screen} screen @param {Config} config */
export function openExchange(model, screen, config) {
  const send = (/** @type {object} */ message) => {
    try {
      model.send(message);
    } catch (error) {
      console.warn("nbannotate: the notebook could not send", error);
    }
  };
  const schedule = (/** @type {() => void} */ callback, /** @type {number} */ ms) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  };
  return new Exchange(send, screen, schedule, new UnsentAnswers(tabStorage(), storageKey("unsent", config)));
}
