import { randomToken } from '../../base/index.ts';
import { type Check, found, PASSED } from '../check.ts';
import { bodyOf, brief, type Era, errorCode, hasResult, headersOf, responseIn } from '../speech.ts';
import type { Subject } from '../subject.ts';
import type { Answer } from '../wire.ts';

const MESSAGES = 'JSON-RPC 2.0; MCP basic, "Messages"';
const HUGE_BYTES = 24 * 1024 * 1024;
const NESTED = 50_000;
const BATCH = ['audit-batch-1', 'audit-batch-2'];

async function eraOf(subject: Subject): Promise<Era> {
  return (await subject.eras())[0] ?? 'legacy';
}

/** A body of any kind, by somebody who is known. */
async function post(
  subject: Subject,
  body: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const { url, wire, token } = subject;
  const session = (await subject.session())?.id;
  const request = { method: 'ping', token, session, headers: more };
  return wire.send({ url, headers: headersOf(await eraOf(subject), request), body });
}

const isBroken = (answer: Answer) => answer.kind === 'none' || answer.status >= 500;
const isGood = (answer: Answer) => answer.kind === 'answer' && answer.status >= 200 && answer.status < 300;

/** What it does with what it should not get. */
export const PROTOCOL_CHECKS: readonly Check[] = [
  {
    id: 'bad-json',
    area: 'protocol',
    severity: 'medium',
    title: 'It stumbles over what is not JSON',
    why: 'What fails at the first byte fails at worse ones too, and tells how.',
    fix: 'Answer 400 with the error -32700.',
    reference: MESSAGES,
    look: async subject => {
      const answer = await post(subject, '{"jsonrpc":"2.0","id":1,"method":');
      const isSaid = answer.kind === 'answer' && answer.text.includes('-32700');
      if (isBroken(answer) || (isGood(answer) && !isSaid)) return found(`half a message: ${brief(answer)}`);
      return PASSED;
    },
  },
  {
    id: 'unknown-method',
    area: 'protocol',
    severity: 'medium',
    title: 'A method that there is not is not refused as one',
    why: 'A client cannot tell what the server lacks from what went wrong.',
    fix: 'Answer the error -32601.',
    reference: MESSAGES,
    look: async subject => {
      const said = await subject.askAsOwner({ method: `audit/${randomToken(4)}` });
      return errorCode(said) === -32601 ? PASSED : found(brief(said));
    },
  },
  {
    id: 'unknown-version',
    area: 'protocol',
    severity: 'low',
    title: 'Any protocol version is taken',
    why: 'Client and server may read the same message differently, and neither knows.',
    fix: 'Answer 400 to an MCP-Protocol-Version that is not supported.',
    reference: 'MCP 2025-11-25 basic/transports, "Protocol Version Header"; 2026-07-28 versioning',
    look: async subject => {
      const said = await subject.askAsOwner({
        method: 'tools/list',
        headers: { 'mcp-protocol-version': '1999-01-01' },
      });
      return hasResult(said) ? found(`MCP-Protocol-Version: 1999-01-01 gets ${brief(said)}`) : PASSED;
    },
  },
  {
    id: 'batch',
    area: 'protocol',
    severity: 'low',
    title: 'Batches are taken',
    why: 'They left the protocol with 2025-06-18; what counts or checks one message at a time can be passed by many.',
    fix: 'Answer 400 to an array.',
    reference: 'MCP 2025-06-18 changelog, 1',
    look: async subject => {
      const era = await eraOf(subject);
      const request = era === 'modern' ? { method: 'tools/list' } : { method: 'ping' };
      const batch = `[${BATCH.map(id => bodyOf(era, request, id)).join()}]`;
      const answer = await post(subject, batch);
      if (isBroken(answer)) return found(`two messages in an array: ${brief(answer)}`);
      const isTaken = answer.kind === 'answer' && answer.text.includes(BATCH[1] ?? '') && isGood(answer);
      return isTaken ? found(`two messages in an array: ${brief(answer)}`) : PASSED;
    },
  },
  {
    id: 'huge-message',
    area: 'protocol',
    severity: 'medium',
    title: 'Messages of any size are read',
    why: 'A few requests fill the memory of the server.',
    fix: 'End a body above a few megabytes with 413.',
    reference: 'OWASP API4:2023, Unrestricted Resource Consumption',
    look: async subject => {
      const era = await eraOf(subject);
      const id = `audit-${randomToken(6)}`;
      const padding = 'x'.repeat(HUGE_BYTES);
      const answer = await post(
        subject,
        bodyOf(era, { method: 'tools/list', params: { cursor: padding } }, id),
      );
      // Read whole, whatever it thinks of the cursor.
      const isRead = answer.kind === 'answer' && responseIn(answer.text, id)?.id === id;
      return isRead ? found(`a message of ${HUGE_BYTES / 1024 / 1024} MB: ${brief(answer)}`) : PASSED;
    },
  },
  {
    id: 'deep-message',
    area: 'protocol',
    severity: 'medium',
    title: 'A deeply nested message breaks it',
    why: 'One small request ends the process, or the connection of others.',
    fix: 'Bound the depth of what is read.',
    reference: 'CWE-674, Uncontrolled Recursion',
    look: async subject => {
      const deep = `${'['.repeat(NESTED)}${']'.repeat(NESTED)}`;
      const body = `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"audit":${deep}}}}`;
      const answer = await post(subject, body);
      if (!isBroken(answer)) return PASSED;
      return found(`${NESTED} arrays in each other: ${brief(answer)}`);
    },
  },
];
