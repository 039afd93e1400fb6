/**
 * The card in the reader as a page speaks to it: commands of ISO 7816-4 over the WebSocket reader (docs/flows/chip.md), one after the
 * other. What fails is thrown as a CardTrouble with a code that the page has words for. PINs go into commands and nowhere
 * else.
 */

export class CardTrouble extends Error {
  constructor(code, values = {}) {
    super(code);
    this.code = code;
    this.values = values;
  }
}

const AID = {
  jpki: 'd392f000260100000001',
  face: 'd3921000310001010402',
  'input-help': 'd3921000310001010408',
  'resident-registry': 'd3921000310001010401',
};
/** Where each PIN is: its application, its file, and the command that changes it. */
const PINS = {
  authentication: { aid: AID.jpki, file: 0x18, change: [0x00, 0x24, 0x01], form: /^[0-9]{4}$/ },
  signature: {
    aid: AID.jpki,
    file: 0x1b,
    change: [0x00, 0x24, 0x01],
    form: /^(?=.*[A-Z])(?=.*[0-9])[A-Z0-9]{6,16}$/,
  },
  'input-help': { aid: AID['input-help'], file: 0x11, change: [0x00, 0x24, 0x01], form: /^[0-9]{4}$/ },
  'resident-registry': {
    aid: AID['resident-registry'],
    file: 0x1c,
    change: [0x80, 0x32, 0x00],
    form: /^[0-9]{4}$/,
  },
};
const KEY_FILE = 0x17;
const CERTIFICATE_FILE = 0x0a;
const NUMBER_B_FILE = 0x12;
const FACE_FILE = 0x02;
/** Which certificates are there: its first octet is of the signature certificate. */
const PRESENT_FILE = 0x08;
const PRESENT = 0x8f;
const CHUNK = 256;
const FILE_BYTES_MAX = 0x7fff;
const ANSWER_MS = 20_000;
const OPEN_TRIES = 5;
const OPEN_PAUSE_MS = 200;
const DONE = 0x9000;
const NOT_AUTHORISED = 0x6982;
const LOCKED = 0x6984;
const ABSENT = 0x6a82;
const DATA_WRONG = 0x6a80;
const PAST_THE_END = 0x6b00;

const octetsOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const octetsOfText = (text) => new TextEncoder().encode(text);
export const sha256 = async (octets) => new Uint8Array(await crypto.subtle.digest('SHA-256', octets));
export const hexOf = (octets) => Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('');
export const base64Of = (octets) => btoa(Array.from(octets, (octet) => String.fromCharCode(octet)).join(''));
export const octetsOfBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/** One page has the card at a time: whoever comes just after another one is turned away, and comes again. */
async function openSocket(port) {
  for (let tries = 1; ; tries++) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/card`);
    socket.binaryType = 'arraybuffer';
    const isOpen = await new Promise((resolve) => {
      socket.addEventListener('open', () => resolve(true), { once: true });
      socket.addEventListener('error', () => resolve(false), { once: true });
    });
    if (isOpen) return socket;
    if (tries === OPEN_TRIES) throw new CardTrouble('reader-away');
    await new Promise((resolve) => setTimeout(resolve, OPEN_PAUSE_MS));
  }
}

/** Runs work with the card of the reader at a port; the card has no power before and after it. */
async function withCard(port, work) {
  const socket = await openSocket(port);
  try {
    return await work(
      (command) => transmit(socket, command),
      (question) => exchange(socket, question),
    );
  } finally {
    socket.close();
  }
}

async function transmit(socket, command) {
  const answer = new Uint8Array(await exchange(socket, Uint8Array.from(command)));
  const end = answer.length - 2;
  return { data: answer.subarray(0, end), word: (answer[end] << 8) | answer[end + 1] };
}

/** One message and its answer: a command to the card, or a question to its reader, which is text. */
function exchange(socket, message) {
  return new Promise((resolve, reject) => {
    const over = new AbortController();
    const fail = () => {
      over.abort();
      reject(new CardTrouble('card-gone'));
    };
    if (socket.readyState !== WebSocket.OPEN) {
      fail();
      return;
    }
    const late = setTimeout(fail, ANSWER_MS);
    over.signal.addEventListener('abort', () => clearTimeout(late));
    socket.addEventListener('close', fail, { signal: over.signal });
    const hear = ({ data }) => {
      over.abort();
      resolve(data);
    };
    socket.addEventListener('message', hear, { signal: over.signal });
    socket.send(message);
  });
}

const refused = (word) => new CardTrouble('card-refused', { word: word.toString(16) });

async function must(send, command) {
  const answer = await send(command);
  if (answer.word !== DONE)
    throw answer.word === ABSENT ? new CardTrouble('card-absent') : refused(answer.word);
  return answer.data;
}

async function selectApplication(send, aid) {
  const name = octetsOf(aid);
  await must(send, [0x00, 0xa4, 0x04, 0x0c, name.length, ...name]);
}

async function selectFile(send, file) {
  await must(send, [0x00, 0xa4, 0x02, 0x0c, 2, file >> 8, file & 0xff]);
}

async function readFile(send, file) {
  await selectFile(send, file);
  const parts = [];
  for (let at = 0; at < FILE_BYTES_MAX; at += CHUNK) {
    const { data, word } = await send([0x00, 0xb0, at >> 8, at & 0xff, 0]);
    if (word === PAST_THE_END) break;
    if (word !== DONE) throw refused(word);
    parts.push(...data);
    if (data.length < CHUNK) break;
  }
  return Uint8Array.from(parts);
}

/** Shows a PIN. @param code `number` or `pin`: which words a refusal has */
async function showPin(send, file, octets, code) {
  await selectFile(send, file);
  const { word } = await send([0x00, 0x20, 0x00, 0x80, octets.length, ...octets]);
  if (word === DONE) return;
  if ((word & 0xfff0) === 0x63c0) throw new CardTrouble(`${code}-wrong`, { tries: word & 0x0f });
  if (word === LOCKED) throw new CardTrouble(`${code}-locked`);
  if (word === DATA_WRONG) throw new CardTrouble(`${code}-malformed`);
  throw refused(word);
}

/** The objects of BER-TLV with tags of two octets, by tag. */
function fieldsOf(octets) {
  const found = new Map();
  for (let at = 0; at + 3 <= octets.length; ) {
    const tag = (octets[at] << 8) | octets[at + 1];
    const width = octets[at + 2] < 0x80 ? 1 : (octets[at + 2] & 0x7f) + 1;
    const length =
      width === 1
        ? octets[at + 2]
        : octets.subarray(at + 3, at + 2 + width).reduce((sum, octet) => sum * 256 + octet, 0);
    const start = at + 2 + width;
    if (width > 3 || start + length > octets.length) return undefined;
    found.set(tag, octets.subarray(start, start + length));
    at = start + length;
  }
  return found;
}

/** The photo as a picture, which the reader makes: browsers do not show JPEG 2000. Undefined where it cannot. */
async function pictureOf(ask, faceFile) {
  const { png } = JSON.parse(await ask(base64Of(faceFile)));
  return png ? octetsOfBase64(png) : undefined;
}

/**
 * The face in the chip, for who knows what is printed on it: pictures of name and address, the photo, which may be empty, as it
 * is and as a picture; and whether the card has a signature certificate.
 */
export function readFace(port, numberB) {
  if (!/^[0-9]{14}$/.test(numberB)) return Promise.reject(new CardTrouble('number-malformed'));
  return withCard(port, async (send, ask) => {
    await selectApplication(send, AID.face);
    await showPin(send, NUMBER_B_FILE, octetsOfText(numberB), 'number');
    const file = await readFile(send, FACE_FILE);
    const template = fieldsOf(file)?.get(0xff20);
    const fields = template && fieldsOf(template);
    const [name, address, photo] = [0xdf25, 0xdf26, 0xdf27].map((tag) => fields?.get(tag));
    if (!name || !address || !photo) throw new CardTrouble('card-unreadable');
    const picture = photo.length === 0 ? undefined : await pictureOf(ask, file);
    await selectApplication(send, AID.jpki);
    const present = await readFile(send, PRESENT_FILE);
    return { name, address, photo, picture, hasSignature: present[0] === PRESENT };
  });
}

/** Whether a PIN is of its form. A signature password is upper-cased by the reader: the chip compares octets. */
export function pinOf(kind, typed) {
  const pin = kind === 'signature' ? typed.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase()) : typed;
  if (!PINS[kind].form.test(pin)) throw new CardTrouble('pin-malformed');
  return octetsOfText(pin);
}

/** Sets a PIN that nobody has set; one that was set is shown instead, so that doing it again changes nothing. */
async function setPin(send, kind, octets) {
  const { aid, file, change } = PINS[kind];
  await selectApplication(send, aid);
  await selectFile(send, file);
  const { word } = await send([...change, 0x80, octets.length, ...octets]);
  if (word === DONE) return;
  if (word === LOCKED) throw new CardTrouble('pin-locked');
  if (word !== NOT_AUTHORISED) throw refused(word);
  await showPin(send, file, octets, 'pin');
}

/** Sets the PINs and has the card sign with its authentication key. @param pins octets by kind, the form of each judged */
export function setPinsAndSign(port, pins, challenge) {
  return withCard(port, async (send) => {
    for (const [kind, octets] of pins) await setPin(send, kind, octets);
    return authenticate(send, pins.get('authentication'), challenge);
  });
}

/** The authentication certificate, and the signature of its key over octets (SHA-256, PKCS #1 v1.5). */
async function authenticate(send, pin, octets) {
  await selectApplication(send, AID.jpki);
  const certificate = await readFile(send, CERTIFICATE_FILE);
  if (certificate.length === 0) throw new CardTrouble('certificate-absent');
  await showPin(send, PINS.authentication.file, pin, 'pin');
  await selectFile(send, KEY_FILE);
  const digest = await sha256(octets);
  const signature = await must(send, [0x80, 0x2a, 0x02, 0x80, digest.length, ...digest, 0]);
  return { certificate, signature };
}

/** Has the card sign octets with its authentication key. @param pin octets, its form judged */
export const signWithCard = (port, pin, octets) => withCard(port, (send) => authenticate(send, pin, octets));

/** Says a code in the words of a page: a list with an item a code, whose values stand in braces. */
export function sayerOf(list) {
  const words = new Map(Array.from(list.children, (item) => [item.dataset.code, item.textContent ?? '']));
  return (code, values = {}) =>
    Object.entries(values).reduce(
      (text, [name, value]) => text.replace(`{${name}}`, String(value)),
      words.get(code) ?? code,
    );
}
