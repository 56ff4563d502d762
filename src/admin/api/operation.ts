import { z } from 'zod';
import type { Access, Actor } from './access.ts';
import type { ApiKit } from './kit.ts';
import { type Fields, type Now, refuseUnseen, takeWas } from './meanwhile.ts';
import { sayIssue } from './say-issue.ts';
import { wrong } from './wrong.ts';

export { wrong } from './wrong.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** What every request of the API brings besides its own fields. */
export type Asker = {
  readonly actor: Actor;
  readonly address: string;
  readonly userAgent: string | undefined;
  /** The `Cookie` header, and a `Set-Cookie` for the answer. */
  readonly cookies: string | undefined;
  readonly setCookie: (cookie: string) => void;
  readonly header: (name: string) => string | undefined;
  /** Whether whoever asked could still ask, for an answer that lasts. */
  readonly mayStill: () => Promise<boolean>;
};

type Shape = z.ZodType<object>;

type Asked<Params extends Shape, Query extends Shape, Body extends z.ZodType> = Asker & {
  readonly params: z.output<Params>;
  readonly query: z.output<Query>;
  readonly body: z.output<Body>;
};

type Row<Params extends Shape, Query extends Shape, Body extends z.ZodType, Answer extends z.ZodType> = {
  /** `users.create`: what and which act; the name in documents and clients. */
  readonly id: string;
  readonly method: Method;
  /** With `:name` for what stands in `params`. */
  readonly path: string;
  readonly summary: string;
  readonly access: Access;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** Whatever the operation gives goes through it: what it does not name never leaves. None: 204. */
  readonly answer?: Answer;
  /** 200 unless said. */
  readonly status?: number;
  /** Of an answer that is no JSON but comes piece by piece. */
  readonly media?: readonly string[];
  /**
   * What the change is about, as it is now. The body may then say in `was` how its fields were when they were read:
   * where somebody else changed one of them, nothing is done.
   */
  readonly now?: (kit: ApiKit, asked: Asked<Params, Query, Body>) => Now | Promise<Now>;
  /** The thing that is changed: whatever changes the same one waits for its turn. */
  readonly turn?: (asked: Asked<Params, Query, Body>) => string;
  readonly handle: (kit: ApiKit, asked: Asked<Params, Query, Body>) => Promise<z.input<Answer>>;
};

export type Given = { readonly params: unknown; readonly query: unknown; readonly body: unknown };

/** One row of the API, with its types closed over. */
export type Operation = Omit<Row<Shape, Shape, z.ZodType, z.ZodType>, 'handle' | 'now' | 'turn'> & {
  /** Whether its body may say how the fields were. */
  readonly takesWas: boolean;
  readonly run: (kit: ApiKit, asker: Asker, given: Given) => Promise<unknown>;
};

function read<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value, { error: sayIssue });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const unknownKey = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = [...(issue?.path ?? []), ...(unknownKey === undefined ? [] : [unknownKey])].map(String);
  const says = unknownKey === undefined ? (issue?.message ?? 'is not valid') : 'there is no such field';
  throw wrong(path.join('.') || 'body', says);
}

const NOTHING = z.strictObject({});

type Streamed<Params extends Shape, Query extends Shape> = Omit<
  Row<Params, Query, z.ZodUndefined, z.ZodVoid>,
  'answer' | 'body' | 'status' | 'handle' | 'now' | 'turn'
> & {
  readonly media: readonly string[];
  readonly handle: (
    kit: ApiKit,
    asked: Asker & { readonly params: z.output<Params>; readonly query: z.output<Query> },
  ) => Promise<Response>;
};

/** Makes a row whose answer is the response itself. */
export function streamed<Params extends Shape = typeof NOTHING, Query extends Shape = typeof NOTHING>(
  row: Streamed<Params, Query>,
): Operation {
  const { handle, ...rest } = row;
  return {
    ...rest,
    takesWas: false,
    run: async (kit, asker, given) => {
      const params = read(row.params ?? (NOTHING as unknown as Params), given.params);
      const query = read(row.query ?? (NOTHING as unknown as Query), given.query);
      return handle(kit, { ...asker, params, query });
    },
  };
}

/** Makes a row of the API: what comes in is parsed by its schemas, and what goes out as well. */
export function operation<
  Params extends Shape = typeof NOTHING,
  Query extends Shape = typeof NOTHING,
  Body extends z.ZodType = z.ZodUndefined,
  Answer extends z.ZodType = z.ZodVoid,
>(row: Row<Params, Query, Body, Answer>): Operation {
  const { handle, now, turn, ...rest } = row;
  return {
    ...rest,
    takesWas: now !== undefined,
    run: async (kit, asker, given) => {
      const params = read(row.params ?? (NOTHING as unknown as Params), given.params);
      const query = read(row.query ?? (NOTHING as unknown as Query), given.query);
      const { was, rest: fields } = now ? takeWas(given.body) : { was: undefined, rest: given.body };
      const body = row.body === undefined ? undefined : read(row.body, fields);
      const asked = { ...asker, params, query, body: body as z.output<Body> };
      const change = async () => {
        if (was && now) {
          // Another gateway may have changed it.
          await kit.live.refresh();
          await refuseUnseen(kit, { was, wanted: body as Fields, now: await now(kit, asked) });
        }
        return handle(kit, asked);
      };
      const answer = await (turn ? kit.inTurn(turn(asked), change) : change());
      return row.answer === undefined ? undefined : row.answer.parse(answer);
    },
  };
}
