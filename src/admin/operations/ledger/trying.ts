import { z } from 'zod';
import { findInText } from '../../../ledger/index.ts';
import { operation } from '../../api/operation.ts';

/** For whoever wonders why a call was noted, or whether it would be. Nothing of the text is kept or told to others. */
export const tryDetectors = operation({
  id: 'detectors.try',
  method: 'post',
  path: '/admin/api/detectors/try',
  summary: 'What the detectors of payloads would find in a text, by kind and place',
  access: 'read',
  body: z.strictObject({ text: z.string().max(100_000) }),
  answer: z.array(z.object({ detector: z.string(), kind: z.string(), at: z.number() })),
  handle: async (_, { body }) =>
    findInText(body.text).map(({ detector, kind, at }) => ({ detector, kind, at })),
});
