import { z } from 'zod';
import { operation } from '../../api/operation.ts';

/** Who is signed in, and what a page needs to change anything. */
export const me = operation({
  id: 'account.me',
  method: 'get',
  path: '/account/api/me',
  summary: 'Who is signed in, with the token that each change must send as X-CSRF-Token',
  access: 'own',
  answer: z.object({
    id: z.string(),
    name: z.string(),
    email: z.string().nullable(),
    full_name: z.string().nullable(),
    role: z.enum(['admin', 'auditor', 'user']),
    csrf_token: z.string(),
    /** When the password was given last, in milliseconds since the epoch. */
    password_at: z.number(),
  }),
  handle: async (_, { actor: { user, session } }) => ({
    id: user.id,
    name: user.name,
    email: user.email ?? null,
    full_name: user.fullName ?? null,
    role: user.role,
    csrf_token: session?.formToken ?? '',
    password_at: session?.session.passwordAt ?? 0,
  }),
});
