import { describe, expect, it } from 'vitest';
import {
  canBeAsked,
  eraOf,
  LEGACY_REVISIONS,
  profileKey,
  readCapabilities,
  writeCapabilities,
} from '../../src/mcp/index.ts';

describe('revisions', () => {
  it('belong to the era of the handshake or to that of 2026-07-28, and no other is known', () => {
    expect(LEGACY_REVISIONS.map(eraOf)).toEqual(Array(4).fill('legacy'));
    expect(eraOf('2026-07-28')).toBe('modern');
    expect(['', '2099-01-01', '2026-07-28 ', 'DRAFT-2026-v1', '__proto__'].map(eraOf)).toEqual(
      Array(5).fill(undefined),
    );
  });
});

describe('declared capabilities', () => {
  const cycle = (value: unknown, revision = '2025-11-25') =>
    writeCapabilities(readCapabilities(value), revision);

  it.each([
    [{}],
    [{ sampling: {} }],
    [{ sampling: { tools: {}, context: {} } }],
    [{ roots: { listChanged: true } }],
    [{ roots: {} }],
    [{ elicitation: {} }],
    [{ elicitation: { url: {} } }],
    [{ elicitation: { form: {}, url: {} } }],
  ])('reach a server as the client said them: %j', declared => {
    expect(cycle(declared)).toEqual(declared);
  });

  it('of form elicitation alone are the empty object that every revision knows', () => {
    expect(cycle({ elicitation: { form: {} } })).toEqual({ elicitation: {} });
  });

  it('that a revision lacks are not said in it', () => {
    expect(cycle({ elicitation: {}, roots: {} }, '2025-03-26')).toEqual({ roots: {} });
  });

  it.each([
    undefined,
    null,
    7,
    'sampling',
    [],
    ['sampling'],
    { sampling: true },
    { roots: [] },
    { unknown: {} },
  ])('that are none count for nothing: %j', value => expect(cycle(value)).toEqual({}));

  it('decide what a server may ask', () => {
    const bits = readCapabilities({ sampling: {}, elicitation: { url: {} } });
    expect(canBeAsked('sampling/createMessage', {}, bits)).toBe(true);
    expect(canBeAsked('sampling/createMessage', { tools: [] }, bits)).toBe(false);
    expect(canBeAsked('sampling/createMessage', { toolChoice: {} }, bits)).toBe(false);
    expect(canBeAsked('elicitation/create', { mode: 'url' }, bits)).toBe(true);
    expect(canBeAsked('elicitation/create', { mode: 'form' }, bits)).toBe(false);
    expect(canBeAsked('elicitation/create', {}, bits)).toBe(false);
    expect(canBeAsked('roots/list', {}, bits)).toBe(false);
    expect(canBeAsked('ping', {}, 0)).toBe(true);
    expect(canBeAsked('tools/call', {}, -1)).toBe(false);
    expect(canBeAsked('__proto__', {}, -1)).toBe(false);
    const forms = readCapabilities({ sampling: { tools: {} }, elicitation: {} });
    expect(canBeAsked('sampling/createMessage', { tools: [] }, forms)).toBe(true);
    expect(canBeAsked('elicitation/create', {}, forms)).toBe(true);
    expect(canBeAsked('elicitation/create', { mode: 'url' }, forms)).toBe(false);
  });

  it('tell profiles apart, and so does the revision', () => {
    const profile = (capabilities: number, revision = '2025-11-25') =>
      profileKey({ era: 'legacy', revision, capabilities });
    const keys = [profile(0), profile(1), profile(2), profile(1, '2025-06-18')];
    expect(new Set(keys).size).toBe(4);
    expect(profile(1)).toBe(profile(1));
  });
});
