import type { AnswerSink, Flow } from '../../http/index.ts';
import type { PipeEnd } from './pipe.ts';

/** An answer over a pipe, whose server may have to be started first. */
export type PipeSink = AnswerSink & {
  /** The pipe is being opened, after whatever held it up. */
  onOpening?(): void;
  /** The server at the other end lives. */
  onAwake?(): void;
};

/** Messages come whole and for several readers at once, so nobody can hold them back; readers have their own bound. */
export function flowOf(abort: () => void = () => {}): Flow {
  return { pause: () => {}, resume: () => {}, abort };
}

export function fail(
  { sink, isStream }: { readonly sink: PipeSink; readonly isStream: boolean },
  end: PipeEnd,
): void {
  if (isStream && 'status' in end) sink.onFailure({ kind: 'broken', cause: undefined });
  else sayEnd(sink, end);
}

/** Why a message was not answered, as HTTP would say it. */
export function sayEnd(sink: PipeSink, end: PipeEnd): void {
  if ('kind' in end) return sink.onFailure({ kind: end.kind, cause: end.cause });
  sink.onStart(end.status, {}, flowOf());
  sink.onEnd();
}
