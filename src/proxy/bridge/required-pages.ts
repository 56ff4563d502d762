import { isObject, isObjectAt, members, type Params } from '../../mcp/index.ts';
import { type Asker, MAX_ASKED, notAllowed, ruleOn } from '../asking/asking.ts';

const URL_ELICITATION_REQUIRED = -32042;

/**
 * The pages that a 2025 server wants to be opened before it runs a call (2025-11-25 client/elicitation, "URL Elicitation
 * Required Error"), as `inputRequests`; undefined for any other answer. Nothing runs meanwhile: the retry is a call of
 * its own. Fault `upstream_invalid` where a page may not be opened.
 */
export function requiredPages(json: Buffer, asker: Asker): Params | undefined {
  const range = members(json).get('error');
  if (!isObjectAt(json, range)) return undefined;
  const error: unknown = JSON.parse(json.toString('utf8', range.start, range.end));
  if (!isObject(error) || error.code !== URL_ELICITATION_REQUIRED || !isObject(error.data)) return undefined;
  const pages = error.data.elicitations;
  if (!Array.isArray(pages) || pages.length === 0) return undefined;
  if (pages.length > MAX_ASKED) throw notAllowed(asker);
  return Object.fromEntries(pages.map((page: unknown, i) => [`page-${i + 1}`, asQuestion(page, asker)]));
}

function asQuestion(page: unknown, asker: Asker): Params {
  const { _meta, elicitationId, ...rest } = isObject(page) ? page : {};
  const params = { ...rest, mode: 'url' };
  const method = 'elicitation/create';
  const ruling = ruleOn(method, params, asker);
  if (ruling.kind === 'refuse') throw notAllowed(asker);
  return { method, params: { ...params, message: ruling.message } };
}
