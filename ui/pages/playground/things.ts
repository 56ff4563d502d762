import { useCallback, useEffect, useState } from 'react';
import type { Schema } from './form.tsx';
import type { Asked } from './questions.tsx';
import { type Answer, type Era, type Hear, type Json, type Said, Wire } from './wire.ts';

export const KINDS = {
  tools: { list: 'tools/list', use: 'tools/call', title: 'Tools' },
  resources: { list: 'resources/list', use: 'resources/read', title: 'Resources' },
  prompts: { list: 'prompts/list', use: 'prompts/get', title: 'Prompts' },
} as const;
export type Kind = keyof typeof KINDS;

export type Thing = {
  readonly name: string;
  readonly uri?: string;
  readonly description?: string;
  readonly inputSchema?: Schema;
  readonly arguments?: readonly { name: string; required?: boolean; description?: string }[];
  readonly annotations?: { readonly readOnlyHint?: boolean; readonly destructiveHint?: boolean };
};

const MOST_PAGES = 50;

/** What servers ask, one after the other; what is no longer waited for goes unanswered. */
function useAsked() {
  const [asked, setAsked] = useState<readonly Asked[]>([]);
  const ask = useCallback<Answer>(
    (question, signal) =>
      new Promise(resolve => {
        const one: Asked = {
          question,
          resolve: answer => {
            setAsked(before => before.filter(other => other !== one));
            resolve(answer);
          },
        };
        setAsked(before => [...before, one]);
        signal?.addEventListener('abort', () => setAsked(before => before.filter(other => other !== one)));
      }),
    [],
  );
  return { asked: asked[0], ask, forget: useCallback(() => setAsked([]), []) };
}

/** One connection for each endpoint and era, with everything that passes on it. */
export function useWire(url: string, era: Era) {
  const { asked, ask, forget } = useAsked();
  const [said, setSaid] = useState<readonly Said[]>([]);
  const [wire, setWire] = useState<Wire>();
  useEffect(() => {
    const hear: Hear = one =>
      setSaid(before => [...before.slice(-199), { ...one, id: (before.at(-1)?.id ?? 0) + 1 }]);
    const made = new Wire(url, era, hear, ask);
    setSaid([]);
    forget();
    setWire(made);
    return () => void made.close();
  }, [url, era, ask, forget]);
  return { wire, asked, ask, said, clear: () => setSaid([]) };
}

const nobody = async (): Promise<Json> => ({ action: 'cancel' });

/** What one may use there, page by page. */
export function useThings(wire: Wire | undefined, kind: Kind) {
  const [things, setThings] = useState<readonly Thing[]>();
  const [wrong, setWrong] = useState<string>();
  useEffect(() => {
    let isOver = false;
    const read = async () => {
      if (!wire) return;
      setThings(undefined);
      setWrong(undefined);
      let cursor: unknown;
      const found: Thing[] = [];
      for (let page = 0; page < MOST_PAGES; page++) {
        const answer = await wire.request(KINDS[kind].list, cursor === undefined ? {} : { cursor }, nobody);
        const result = (answer.result ?? {}) as Json;
        if (answer.error) throw new Error(String((answer.error as Json).message));
        found.push(...((result[kind] as readonly Thing[] | undefined) ?? []));
        cursor = result.nextCursor;
        if (cursor === undefined) break;
      }
      if (!isOver) setThings(found);
    };
    read().catch((thrown: Error) => {
      if (!isOver) setWrong(thrown.message);
    });
    return () => {
      isOver = true;
    };
  }, [wire, kind]);
  return { things, wrong };
}
