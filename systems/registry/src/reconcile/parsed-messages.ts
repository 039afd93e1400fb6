/** Messages of a batch whose bodies are in the agreed form and whose sender may speak; the others are failures. */
import type { ReceivedMessage } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import type { z } from 'zod';

/** Bodies in their order, and a failure in the place of each message that is refused. */
export interface ParsedMessages<T> {
  readonly bodies: readonly T[];
  readonly failures: readonly (Failure | undefined)[];
}

/** @param maySpeak whether the link's sender may say this of the municipality and person named in it */
export function parseMessages<T>(
  messages: readonly ReceivedMessage[],
  form: z.ZodType<T>,
  maySpeak: (body: T) => boolean,
): ParsedMessages<T> {
  const bodies: T[] = [];
  const failures = messages.map((message): Failure | undefined => {
    const parsed = form.safeParse(message.body);
    if (!parsed.success)
      return { code: 'reconcile-body-invalid', detail: 'the message is not in the agreed form' };
    if (!maySpeak(parsed.data))
      return { code: 'municipality-not-of-site', detail: 'the sender may not speak for the municipality' };
    bodies.push(parsed.data);
    return undefined;
  });
  return { bodies, failures };
}
