/**
 * The chip’s answer to any octets: a function of what it holds, what it knows while it has power, and the command. Here
 * are the parts that concern all commands (ISO 7816-4 5.3 and 5.4): class, chaining, and answers in parts.
 */
import type { CardRecord } from '../card-record.ts';
import { type Command, parseCommand } from './apdu.ts';
import type { Asked } from './asked.ts';
import { externalAuthenticate, getChallenge } from './commands/external-authenticate.ts';
import { readBinary } from './commands/read-binary.ts';
import { select } from './commands/select.ts';
import { sign } from './commands/sign.ts';
import { changeReferenceData, ownChange, verify } from './commands/verify.ts';
import { answerSecured } from './free-area/answer-secured.ts';
import { initializeUpdate } from './free-area/open-channel.ts';
import { CHAIN_BYTES_MAX } from './ours.ts';
import type { Session } from './session.ts';
import { answer, answerInParts, refuse, type Step } from './step.ts';

const CHAINED = 0x10;
const SECURE_MESSAGING = 0x0c;
const CHANNEL = 0x03;
/** Of a command over a secure channel: neither chained nor on another logical channel. */
const SECURED_CLASS = 0x84;
const OWN_CLASS = 0x80;
const GET_RESPONSE = '00c0';
const NOTHING = Buffer.alloc(0);

/** By class and instruction, in hexadecimal. */
const COMMANDS: Readonly<Record<string, (asked: Asked) => Step>> = {
  '00a4': select,
  '00b0': readBinary,
  '0020': verify,
  '0024': changeReferenceData,
  '8032': ownChange,
  '802a': sign,
  '0084': getChallenge,
  [GET_RESPONSE]: getResponse,
  // UPDATE BINARY: nobody writes to a card that left the factory by a command that is public
  '00d6': ({ session }) => refuse(session, 'not-authorised'),
  '0082': externalAuthenticate,
  '8050': initializeUpdate,
  // INTERNAL AUTHENTICATE: no key for it is on this card
  '0088': ({ session }) => refuse(session, 'key-unknown'),
};

export function answerCommand(record: CardRecord, session: Session, octets: Uint8Array): Step {
  const command = parseCommand(octets);
  if (!command) return refuse(withoutLeftovers(session), 'length-wrong');
  const refusal = refuseClass(command.cla);
  if (refusal) return refuse(withoutLeftovers(session), refusal);
  const whole = gatherChain(session, command);
  if ('step' in whole) return whole;
  if ((command.cla & SECURE_MESSAGING) !== 0)
    return answerSecured({ record, session: { ...whole.session, rest: NOTHING }, command });
  const name = nameOf(whole.command);
  const perform = COMMANDS[name];
  const before = name === GET_RESPONSE ? whole.session : { ...whole.session, rest: NOTHING };
  if (!perform) return refuse(before, isKnownElsewhere(name) ? 'class-unknown' : 'instruction-unknown');
  return perform({ record, session: before, command: whole.command });
}

/** Whatever else is asked, the rest of an answer and half a chain are gone. */
const withoutLeftovers = (session: Session): Session => ({ ...session, rest: NOTHING, chain: undefined });

function refuseClass(
  cla: number,
): 'class-unknown' | 'channel-unsupported' | 'secure-messaging-unsupported' | undefined {
  if ((cla & ~(OWN_CLASS | CHAINED | SECURE_MESSAGING | CHANNEL)) !== 0) return 'class-unknown';
  if ((cla & SECURE_MESSAGING) !== 0 && cla !== SECURED_CLASS) return 'secure-messaging-unsupported';
  return (cla & CHANNEL) === 0 ? undefined : 'channel-unsupported';
}

const nameOf = ({ cla, ins }: Command): string => Buffer.of(cla & ~CHAINED, ins).toString('hex');

/** Whether the instruction is one of the other class. */
const isKnownElsewhere = (name: string): boolean =>
  Object.keys(COMMANDS).some((known) => known.slice(2) === name.slice(2));

/** The command with what came before it in its chain; or the answer to a link of one. */
function gatherChain(
  session: Session,
  command: Command,
): { readonly session: Session; readonly command: Command } | Step {
  const header = `${nameOf(command)} ${command.p1} ${command.p2}`;
  const { chain } = session;
  const unchained = { ...session, chain: undefined };
  if (chain !== undefined && chain.header !== header) return refuse(unchained, 'chain-unfinished');
  const data = chain === undefined ? command.data : Buffer.concat([chain.data, command.data]);
  if (data.length > CHAIN_BYTES_MAX) return refuse(unchained, 'length-wrong');
  if ((command.cla & CHAINED) === 0) return { session: unchained, command: { ...command, data } };
  return answer({ ...session, rest: NOTHING, chain: { header, data } });
}

function getResponse({ session, command: { p1, p2, expected } }: Asked): Step {
  if (p1 !== 0 || p2 !== 0) return refuse(session, 'parameters-wrong');
  if (expected === undefined) return refuse(session, 'length-wrong');
  const { rest } = session;
  return rest.length === 0
    ? refuse(session, 'conditions-unmet')
    : answerInParts({ ...session, rest: NOTHING }, rest, expected);
}
