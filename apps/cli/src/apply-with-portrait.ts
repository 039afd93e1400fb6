/**
 * The application for a test card, as a clerk’s counter files it: with a photograph, which is a portrait of nobody, drawn for this
 * holder, and a parent for a child. It goes the way of every application (docs/flows/card-application.md).
 */
import { randomUUID } from 'node:crypto';
import { CARD_CLERK, carriesSignature, needsPhoto } from '@ishizue/cards';
import { dateInTokyo } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import { drawPortrait } from '@ishizue/photo';
import { type Access, findPerson, type IdentifiedPerson } from '@ishizue/registry';
import type { Country } from '@ishizue/server';

/** The id of the application, which is accepted. */
export async function applyWithPortrait(
  country: Country,
  access: Access,
  residentCode: string,
): Promise<Result<string>> {
  const { registry, applicationDesk: desk } = country.systems;
  const person = await findPerson(registry, access, residentCode);
  if (!person) return fail('person-unknown', 'nobody has this resident code');
  const { actor: id, terminal, correlation } = access;
  const by = { actor: { kind: 'operator', id, roles: [CARD_CLERK] }, terminal, correlation } as const;
  const today = dateInTokyo(country.clock.now());
  const photo = needsPhoto(person.birthDate, today)
    ? await desk.attach(by, 'photo', streamOf(drawPortrait(Number(residentCode))))
    : undefined;
  if (photo && !photo.ok) return photo;
  const form = formOf(person, carriesSignature(person.birthDate, today), photo?.value.sha256);
  const opened = await desk.start(by, { move: 'apply', request: randomUUID(), form });
  if (!opened.ok) return opened;
  const { caseId } = opened.value;
  const accepted = await desk.move(by, { caseId, move: 'accept', request: randomUUID() });
  if (!accepted.ok) return accepted;
  const read = await desk.read(by, caseId);
  return read.ok ? ok(String(read.value.record['applicationId'])) : read;
}

const formOf = (
  { residentCode, name, birthDate }: IdentifiedPerson,
  isOfAge: boolean,
  photo: string | undefined,
) => ({
  channel: 'counter',
  residentCode,
  name,
  birthDate,
  certificates: 'both',
  braille: false,
  ward: false,
  declared: true,
  ...(photo !== undefined && { photo }),
  ...(!isOfAge && { representative: { name: '試験　保護者', relation: 'parent' } }),
});

async function* streamOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
