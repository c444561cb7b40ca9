/** Answer ids, made by the page so that an answer sent twice is stored once. */

/**
 * A maker of UUIDv7 answer ids that only ever increase.
 * @param {() => number} now @param {(bytes: Uint8Array) => Uint8Array} fill
 */
export function answerIds(now = Date.now, fill = (bytes) => crypto.getRandomValues(bytes)) {
  let last = 0;
  let sequence = 0;
  return () => {
    const time = Math.max(now(), last);
    sequence = time === last ? sequence + 1 : 0;
    last = sequence > 0xfff ? time + 1 : time;
    if (sequence > 0xfff) sequence = 0;
    const random = [...fill(new Uint8Array(8))];
    random[0] = (random[0] & 0x3f) | 0x80;
    const tail = random.map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const head = last.toString(16).padStart(12, "0");
    const middle = (0x7000 | sequence).toString(16);
    return `${head.slice(0, 8)}-${head.slice(8)}-${middle}-${tail.slice(0, 4)}-${tail.slice(4)}`;
  };
}
