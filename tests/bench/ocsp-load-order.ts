/** What the load process of `ocsp-signed` and `ocsp-cached` is told, and what it reports. Octets are base64. */
import { z } from 'zod';

export const ocspLoadOrder = z.strictObject({
  url: z.url(),
  /** CertIDs in DER; a question is about one of them. */
  certIds: z.array(z.base64()).min(1),
  /** A nonce of its own in each question; otherwise the same questions come again and again. */
  hasNonces: z.boolean(),
  /** Otherwise one question a connection, as where the responder ends it. */
  keepsConnections: z.boolean(),
  connections: z.int().min(1).max(1_000),
  seconds: z.number().positive().max(60),
});

export type OcspLoadOrder = z.infer<typeof ocspLoadOrder>;

const answeredQuestion = z.strictObject({
  /** Which of the CertIDs. */
  certificate: z.int(),
  /** Empty where there was none. */
  nonce: z.base64(),
  response: z.base64(),
});

export const ocspLoadReport = z.strictObject({
  answered: z.int().min(1),
  /** With those of the warm-up. */
  answeredInAll: z.int().min(1),
  elapsed_s: z.number().positive(),
  /** What the load itself took of the cores while time was measured. */
  cpu_s: z.number().positive(),
  /** Some of the answers, to be verified when no time is measured. */
  samples: z.array(answeredQuestion).min(1),
});

export type AnsweredQuestion = z.infer<typeof answeredQuestion>;
export type OcspLoadReport = z.infer<typeof ocspLoadReport>;
