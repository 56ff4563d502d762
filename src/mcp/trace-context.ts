const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/;
const NO_ID = '0'.repeat(32);

/** The id of the trace that a `traceparent` names (W3C Trace Context section 3.2.2.3); all zeros are none. */
export function traceIdOf(traceparent: string): string | undefined {
  const id = TRACEPARENT.exec(traceparent)?.[1];
  return id === NO_ID ? undefined : id;
}
