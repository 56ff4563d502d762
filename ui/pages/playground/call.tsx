import { type ReactNode, useRef, useState } from 'react';
import { Button } from '../../kit/button.tsx';
import { Confirm } from '../../kit/dialog.tsx';
import { useUnsaved } from '../../kit/leaving/use-unsaved.ts';
import { Name } from '../../kit/parts.tsx';
import { seen } from '../../kit/seen.ts';
import { type Schema, SchemaForm } from './form.tsx';
import { Outcome } from './outcome.tsx';
import { KINDS, type Kind, type Thing } from './things.ts';
import type { Answer, Era, Json, Wire } from './wire.ts';

const schemaOf = (thing: Thing): Schema =>
  thing.inputSchema ?? {
    type: 'object',
    properties: Object.fromEntries(
      (thing.arguments ?? []).map(({ name, description }) => [
        name,
        { type: 'string', ...(description && { description }) },
      ]),
    ),
    required: (thing.arguments ?? []).filter(({ required }) => required).map(({ name }) => name),
  };

type RunState = {
  readonly isBusy: boolean;
  readonly answer: Json | undefined;
  readonly wrong: string | undefined;
  readonly tookMs: number;
};
const IDLE: RunState = { isBusy: false, answer: undefined, wrong: undefined, tookMs: 0 };

type CallProps = {
  readonly thing: Thing;
  readonly kind: Kind;
  readonly wire: Wire;
  readonly ask: Answer;
  /** What is asked at the moment. */
  readonly questions: ReactNode;
  /** It was called before, by whoever: to do so again is asked for once, where it may change something. */
  readonly isReplay: boolean;
  readonly onReplayed: () => void;
  readonly url: string;
  readonly era: Era;
};

/** The form of one thing, its call, what is asked back and what came of it. */
export function Call({ thing, kind, wire, ask, questions, isReplay, onReplayed, url, era }: CallProps) {
  const [value, setValue] = useState<Json | undefined>({});
  const [raw, setRaw] = useState<string>();
  const [typed, setTyped] = useState<string>();
  const used = useUnsaved(typed);
  const [run, setRun] = useState(IDLE);
  const [isAsking, setIsAsking] = useState(false);
  const abort = useRef<AbortController>(undefined);
  const writes = thing.annotations?.readOnlyHint !== true && kind === 'tools';
  let rawValue: Json | undefined;
  try {
    rawValue = raw === undefined ? undefined : (JSON.parse(raw) as Json);
  } catch {
    rawValue = undefined;
  }
  const given = raw === undefined ? value : rawValue;
  const params: Json =
    thing.uri !== undefined ? { uri: thing.uri } : { name: thing.name, arguments: given ?? {} };
  const start = async () => {
    const began = performance.now();
    used(typed);
    const own = new AbortController();
    abort.current = own;
    setRun({ ...IDLE, isBusy: true });
    try {
      const answer = await wire.request(
        KINDS[kind].use,
        params,
        question => ask(question, own.signal),
        own.signal,
      );
      setRun({ ...IDLE, answer, tookMs: performance.now() - began });
    } catch (thrown) {
      setRun({
        ...IDLE,
        wrong: own.signal.aborted ? 'It was stopped.' : String((thrown as Error).message),
        tookMs: performance.now() - began,
      });
    }
    // What it asked and nobody answered is over with it.
    own.abort();
  };
  return (
    <>
      <section className="panel stack" aria-label="The call">
        <h2>
          <Name>{thing.name}</Name> {writes && <span className="chip warn">may change something</span>}
        </h2>
        {thing.description && (
          <p className="soft">
            <bdi>{seen(thing.description)}</bdi>
          </p>
        )}
        <form
          onSubmit={event => {
            event.preventDefault();
            if (given === undefined || run.isBusy) return;
            if (isReplay && writes) setIsAsking(true);
            else void start();
          }}
        >
          {raw === undefined ? (
            <SchemaForm schema={schemaOf(thing)} start={{}} onValue={setValue} onTyped={setTyped} />
          ) : (
            <textarea
              className="code"
              aria-label="Arguments as JSON"
              data-action="play.raw"
              rows={8}
              spellCheck={false}
              value={raw}
              onChange={event => {
                setRaw(event.target.value);
                setTyped(event.target.value);
              }}
            />
          )}
          <div className="row end">
            {thing.uri === undefined && (
              <Button
                action="play.as-json"
                tone="link"
                onClick={() => setRaw(raw === undefined ? JSON.stringify(value ?? {}, null, 2) : undefined)}
              >
                {raw === undefined ? 'Write it as JSON' : 'Fill in the form'}
              </Button>
            )}
            {run.isBusy && (
              <Button action="play.stop" tone="danger" onClick={() => abort.current?.abort()}>
                Stop
              </Button>
            )}
            <Button action="play.call" tone="main" isSubmit isBusy={run.isBusy} isOff={given === undefined}>
              {kind === 'tools' ? 'Call' : kind === 'resources' ? 'Read' : 'Get'}
            </Button>
          </div>
        </form>
      </section>
      {isAsking && (
        <Confirm
          action="play.replay"
          title={`Call ${seen(thing.name)} again?`}
          does="Call it again"
          onDo={() => {
            setIsAsking(false);
            onReplayed();
            void start();
          }}
          onClose={() => setIsAsking(false)}
        >
          <p>
            It was called before. The server does not say that it only reads, so what it did may be done a
            second time{thing.annotations?.destructiveHint === true && ', and it may destroy something'}.
          </p>
        </Confirm>
      )}
      {questions}
      <Outcome run={run} method={KINDS[kind].use} params={params} url={url} era={era} />
    </>
  );
}
