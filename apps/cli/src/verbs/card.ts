/**
 * `ishizue card …`: cards as files at the command line: `new` makes one with certificates of the running country, `face` shows
 * its face, `serve` puts one
 * into a virtual reader of PC/SC, where OpenSC and any reader program find it. Flow: docs/flows/chip.md.
 */
import { existsSync, writeFileSync } from 'node:fs';
import {
  deviceKeyFileOf,
  openSoftwareCard,
  parsePin,
  readFacePicture,
  serveCard,
  serveCardToPages,
} from '@ishizue/card';
import { ok, type Result } from '@ishizue/outcome';
import { PhotoDesk } from '@ishizue/photo';
import { defineCommand } from 'citty';
import { printUnusable } from '../acting-operator.ts';
import { interruption } from '../interruption.ts';
import { issueTestCard } from '../issue-test-card.ts';
import { moveCard } from '../move-card.ts';
import { withInstallation } from '../open-installation.ts';
import { print, printFailure } from '../report.ts';
import { due } from './card-due.ts';

const json = { type: 'boolean', description: 'print as JSON', default: false } as const;
const PORT_MAX = 65_535;

const newCard = defineCommand({
  meta: {
    name: 'new',
    description:
      'Make a card with certificates of this country and both PINs set: for tests, since the PINs stand on the command line. Its device key is written beside it',
  },
  args: {
    out: { type: 'string', description: 'the file to write, e.g. test.card', required: true },
    'pin-auth': {
      type: 'string',
      description: 'the PIN of the authentication key: 4 digits',
      required: true,
    },
    'pin-sign': {
      type: 'string',
      description: 'the password of the signature key: 6 to 16 letters and digits',
      required: true,
    },
    resident: {
      type: 'string',
      description: 'the resident code of its holder; without it somebody invented is entered (demonstration)',
    },
    json,
  },
  run: async ({ args }) => {
    const { out } = args;
    if (existsSync(out) || existsSync(deviceKeyFileOf(out)))
      return printUnusable(args.json, 'file-exists', `${out} or its key is there already`);
    const pins = readPins(args['pin-auth'], args['pin-sign']);
    if (!pins.ok) return printUnusable(args.json, pins.failure.code, pins.failure.detail);
    await withInstallation(args.json, async (country) => {
      const issued = await issueTestCard(country, args.resident, pins.value);
      if (!issued.ok) return printFailure(args.json, issued.failure);
      const { cardId } = issued.value;
      const card = await openSoftwareCard(country.directory.cards, cardId);
      const status = await card.status();
      if (!status.ok) return printFailure(args.json, status.failure);
      moveCard(country.directory.cards, cardId, out);
      const kinds = status.value.keys.map(({ kind }) => kind);
      const { numberB } = status.value;
      const text = `${out}: card ${cardId}, keys for ${kinds.join(' and ')}; its device key is ${deviceKeyFileOf(out)}
what is printed on it opens its face (照合番号B): ${numberB}`;
      print(args.json, { file: out, cardId, kinds, numberB }, text);
    });
  },
});

function readPins(
  authentication: string,
  signature: string,
): Result<Record<'authentication' | 'signature', string>> {
  const [one, other] = [parsePin('authentication', authentication), parsePin('signature', signature)];
  if (!one.ok) return one;
  return other.ok ? ok({ authentication: one.value, signature: other.value }) : other;
}

const serve = defineCommand({
  meta: {
    name: 'serve',
    description:
      'Put a card into a virtual reader (vsmartcard’s vpcd behind pcscd), or give it to a page over a WebSocket, until Ctrl-C. Nobody else uses the card meanwhile',
  },
  args: {
    card: { type: 'string', description: 'its file; the device key lies beside it', required: true },
    reader: { type: 'string', description: 'where vpcd listens', default: '127.0.0.1:35963' },
    websocket: {
      type: 'string',
      description: 'instead: the port of ws://127.0.0.1:PORT/card, 0 for any; needs --origin',
    },
    origin: {
      type: 'string',
      description: 'the origin whose pages may have the card, e.g. http://127.0.0.1:8080',
    },
    json,
  },
  run: async ({ args }) => {
    if (args.websocket !== undefined) return serveToPages(args.card, args.websocket, args.origin, args.json);
    const [, host, digits] = /^([^:]+):(\d{1,5})$/.exec(args.reader) ?? [];
    const port = Number(digits);
    if (host === undefined || port < 1 || port > PORT_MAX)
      return printUnusable(args.json, 'reader-invalid', '--reader is HOST:PORT');
    const signal = interruption();
    const served = await serveCard(
      args.card,
      { host, port },
      {
        signal,
        onState: (state) => process.stderr.write(`${STATES[state]} (${args.reader})\n`),
        onTrouble: (error) => process.stderr.write(`! the card could not be stored: ${String(error)}\n`),
      },
    );
    if (!served.ok) return printFailure(args.json, served.failure);
    print(args.json, { file: args.card, state: 'taken-out' }, 'the card was taken out');
  },
});

async function serveToPages(
  file: string,
  given: string,
  origin: string | undefined,
  asJson: boolean,
): Promise<void> {
  const port = Number(given);
  if (!/^\d{1,5}$/.test(given) || port > PORT_MAX)
    return printUnusable(asJson, 'port-invalid', '--websocket is a port');
  if (origin === undefined || !URL.canParse(origin) || new URL(origin).origin !== origin)
    return printUnusable(asJson, 'origin-invalid', '--origin is as browsers write it: http://127.0.0.1:8080');
  const served = await serveCardToPages(
    file,
    { port, origins: [origin] },
    {
      signal: interruption(),
      onListening: (where) =>
        process.stderr.write(`the card is at ws://127.0.0.1:${where}/card for ${origin}\n`),
      onTrouble: (error) => process.stderr.write(`! the card could not be stored: ${String(error)}\n`),
    },
  );
  if (!served.ok) return printFailure(asJson, served.failure);
  print(asJson, { file, state: 'taken-out' }, 'the card was taken out');
}

const STATES = {
  inserted: 'the card is in the reader',
  'reader-away': 'no reader there; looking for it',
} as const;

const face = defineCommand({
  meta: {
    name: 'face',
    description:
      'Show the face of a card: its photo as it is on the chip, as a PNG, opened by what is printed on it',
  },
  args: {
    card: { type: 'string', description: 'its file; the device key lies beside it', required: true },
    out: { type: 'string', description: 'the file to write, e.g. face.png', required: true },
    json,
  },
  run: async ({ args }) => {
    const photos = new PhotoDesk();
    const seen = await readFacePicture(args.card, photos);
    await photos.close();
    if (!seen.ok) return printFailure(args.json, seen.failure);
    if (!seen.value)
      return printFailure(args.json, { code: 'photo-absent', detail: 'the card has no photo' });
    writeFileSync(args.out, seen.value.png);
    const sha256 = seen.value.sha256.toString('hex');
    print(
      args.json,
      { file: args.out, sha256 },
      `${args.out}: the face of the chip; its photo’s SHA-256 is ${sha256}`,
    );
  },
});

export const card = defineCommand({
  meta: {
    name: 'card',
    description:
      'Cards as files: make a test card, show its face, put a card into a virtual reader; who has to bring a card',
  },
  subCommands: { new: newCard, face, serve, due },
});
