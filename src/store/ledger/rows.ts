/** A change that somebody made. */
export type AuditRow = {
  readonly id: string;
  readonly at: number;
  /** `admin`, `cli:<system user>`, `file`, `setup` ... */
  readonly actor: string;
  /** From where it was made; undefined where it came by no request: the command line, the file, a detector. */
  readonly address: string | undefined;
  readonly action: string;
  readonly target: string;
  /** JSON. */
  readonly before: string | undefined;
  readonly after: string | undefined;
};

export type NewAudit = Omit<AuditRow, 'address'> & Partial<Pick<AuditRow, 'address'>>;

/** A security event. */
export type EventRow = {
  readonly id: string;
  readonly at: number;
  readonly type: string;
  readonly severity: 'low' | 'medium' | 'high' | 'critical';
  readonly principal: string | undefined;
  readonly address: string | undefined;
  readonly server: string | undefined;
  /** JSON. */
  readonly detail: string;
  readonly count: number;
};

/** One request of a client. Times in milliseconds, sizes in bytes. */
export type ActivityRow = {
  readonly id: string;
  readonly at: number;
  readonly principal: string | undefined;
  readonly userName: string | undefined;
  readonly credential: string | undefined;
  readonly client: string | undefined;
  readonly clientName: string | undefined;
  readonly userAgent: string | undefined;
  readonly address: string | undefined;
  readonly endpoint: string;
  readonly era: string | undefined;
  readonly session: string | undefined;
  readonly method: string | undefined;
  readonly server: string | undefined;
  readonly target: string | undefined;
  readonly outcome: 'ok' | 'error' | 'refused' | 'cancelled';
  readonly fault: string | undefined;
  readonly code: number | undefined;
  readonly status: number;
  readonly durationMs: number;
  readonly upstreamMs: number | undefined;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly count: number;
  /** The era in which the server was spoken to; the call was bridged where that is another one. */
  readonly serverEra: string | undefined;
  /** Of the W3C trace context that the client sent. */
  readonly traceId: string | undefined;
  /** How long its parts took, as the ledger writes them; none of what was written before they were known. */
  readonly phases?: string | undefined;
};

/** Somebody signed in or out, was given a token, or was refused. */
export type SignInRow = {
  readonly id: string;
  readonly at: number;
  readonly type: string;
  /** SQLite has no boolean. */
  readonly ok: 0 | 1;
  readonly principal: string | undefined;
  readonly userName: string | undefined;
  readonly client: string | undefined;
  readonly address: string | undefined;
  readonly userAgent: string | undefined;
  readonly detail: string | undefined;
  readonly count: number;
};

/** What is written in one transaction. */
export type LedgerBatch = {
  readonly activity: readonly ActivityRow[];
  readonly events: readonly EventRow[];
  readonly signIns?: readonly SignInRow[];
  /** The entries are counted and logged, and not kept. */
  readonly isPassing?: boolean;
};
