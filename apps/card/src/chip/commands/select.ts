/** SELECT (ISO 7816-4 11.2.2): an application by its AID (P1 04), or an EF in it (P1 02); always without an answer (P2 0C). */
import type { Asked } from '../asked.ts';
import { findFile, findName } from '../card-tree.ts';
import { answer, refuse, type Step } from '../step.ts';

const BY_NAME = 0x04;
const EF = 0x02;
const NO_ANSWER = 0x0c;
const FID_BYTES = 2;

export function select({ record, session, command: { p1, p2, data } }: Asked): Step {
  if (p1 === BY_NAME) {
    const application = findName(record, data);
    // first: whoever asks for an application of another card is told that it is not here, however they ask
    if (!application) return refuse(session, 'file-absent');
    return p2 === NO_ANSWER
      ? answer({
          ...session,
          application,
          fid: undefined,
          shown: [],
          opening: undefined,
          channel: undefined,
        })
      : refuse(session, 'parameters-wrong');
  }
  if (p1 !== EF || p2 !== NO_ANSWER) return refuse(session, 'parameters-wrong');
  if (data.length !== FID_BYTES) return refuse(session, 'length-wrong');
  const fid = data.readUInt16BE(0);
  return session.application !== undefined && findFile(record, session.application, fid)
    ? answer({ ...session, fid })
    : refuse(session, 'file-absent');
}
