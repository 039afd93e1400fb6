/**
 * Faults that the checkers must find: a handler that forgets a message, one that applies a message twice. Each strikes
 * one message, in the whole year.
 */
import type { Handler } from '@ishizue/link';

/** Makes of a topic's handler another one. */
export type Plant = (topic: string, handler: Handler) => Handler;

export const noPlant: Plant = (_topic, handler) => handler;

/** Takes the nth message of a topic for done without applying it. */
export function forgetsOne(topic: string, nth: number): Plant {
  let seen = 0;
  return (someTopic, handler) => {
    if (someTopic !== topic) return handler;
    return async (tx, context, messages) => {
      const forgotten = seen < nth && nth <= seen + messages.length ? messages[nth - seen - 1] : undefined;
      seen += messages.length;
      const kept = messages.filter((message) => message !== forgotten);
      const failures = kept.length > 0 ? await handler(tx, context, kept) : [];
      return messages.map((message) => failures[kept.indexOf(message)]);
    };
  };
}

/** Applies the nth message of a topic twice, whenever it comes. */
export function appliesTwice(topic: string, nth: number): Plant {
  let seen = 0;
  let struck: string | undefined;
  return (someTopic, handler) => {
    if (someTopic !== topic) return handler;
    return async (tx, context, messages) => {
      const outcome = await handler(tx, context, messages);
      const named = messages.map(({ seq }) => `${context.link} ${seq}`);
      if (seen < nth) struck ??= named[nth - seen - 1];
      seen += messages.length;
      const again = messages.filter((_, index) => named[index] === struck);
      if (again.length > 0) await handler(tx, context, again);
      return outcome;
    };
  };
}
