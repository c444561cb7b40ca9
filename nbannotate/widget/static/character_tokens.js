/** Texts that are marked by the character: what the kernel sends of the characters, and what that says. */

/** @import { WireTask } from "./types.js" */

/**
 * Every character that is no line break, as the tokens of its text. The kernel sends those of more
 * than one code point alone: to say all of a long text would be many times the text.
 * @param {string} text @param {readonly number[][]} wide  in text order @returns {number[][]}
 */
export function characterTokens(text, wide) {
  const tokens = [];
  let next = 0;
  let at = 0;
  for (const character of text) {
    const cluster = wide[next];
    if (cluster && at === cluster[1] - 1) {
      tokens.push(cluster);
      next += 1;
    } else if (!(cluster && at >= cluster[0]) && character !== "\n" && character !== "\r") tokens.push([at, at + 1]);
    at += 1;
  }
  return tokens;
}

/** A task with its tokens, where the kernel has left them to be worked out. @template {WireTask|null|undefined} T @param {T} task @returns {T} */
export const withTokens = (task) => (task && !task.tokens ? { ...task, tokens: characterTokens(task.text, task.wide ?? []) } : task);

/** A message of the kernel with its tasks' tokens. @param {any} message */
export const unpacked = (message) => ({ ...message, ..."task" in message && { task: withTokens(message.task) }, ..."ahead" in message && { ahead: withTokens(message.ahead) } });
