import type { KeyId, ServerName, UserId } from '../../base/index.ts';
import type { Rule, ToolSwitches } from '../../policy/index.ts';

export type NewRule = Omit<Rule, 'id' | 'createdAt'>;
/** What of a rule can be changed; whom it is about cannot. */
export type RuleChange = Partial<Pick<Rule, 'effect' | 'server' | 'kind' | 'pattern' | 'tier' | 'note'>>;

/** Rules that come, and those that go before. */
export type RulesDraft = { readonly add: readonly NewRule[]; readonly remove: readonly string[] };
export type RulesSaved = {
  readonly kind: 'saved';
  readonly added: readonly Rule[];
  readonly removed: readonly Rule[];
};
export type RulesRefused = {
  readonly kind: 'taken' | 'unknown';
  readonly of: keyof RulesDraft;
  readonly at: number;
};

/** The switches of one server's tools, and who saw the list when. */
export type ServerSwitches = {
  readonly server: ServerName;
  readonly newTools: ToolSwitches['newTools'];
  readonly seenAt: number | undefined;
  readonly seenBy: string | undefined;
  readonly named: ReadonlyMap<string, boolean>;
  /** Prompts that nobody is shown. */
  readonly prompts: ReadonlySet<string>;
  /** Nobody is told what the server says of itself. */
  readonly isSilent: boolean;
};

/** A prompt of a server, or what it says of itself. */
export type Withholdable = { readonly server: ServerName } & (
  | { readonly kind: 'prompt'; readonly name: string }
  | { readonly kind: 'instructions' }
);

/** Who did it, and when (milliseconds). */
export type Doing = { readonly at: number; readonly by: string };

/** A name on the endpoint of all servers that leads to this tool, because an administrator said so. */
export type ToolMapping = {
  readonly name: string;
  readonly server: ServerName;
  /** As its server names it. */
  readonly tool: string;
  readonly changedAt: number;
  readonly changedBy: string;
};

export type LimitSubject =
  | { readonly kind: 'user'; readonly id: UserId }
  | { readonly kind: 'client'; readonly id: string }
  | { readonly kind: 'key'; readonly id: KeyId }
  | { readonly kind: 'server'; readonly id: ServerName };

/** What somebody may use at most; undefined: as the settings say, or without limit where they say nothing. */
export type Limit = {
  readonly subject: LimitSubject;
  /** Requests per window. */
  readonly requests: number | undefined;
  /** Calls at once. */
  readonly concurrent: number | undefined;
  /** Bytes of requests, and of answers, per window. */
  readonly bytesIn: number | undefined;
  readonly bytesOut: number | undefined;
  /** Seconds. */
  readonly windowS: number | undefined;
  readonly changedAt: number;
  readonly changedBy: string;
};

/** Who may use what and how much. */
export type AccessStore = {
  listRules(): Promise<readonly Rule[]>;
  /** `taken`: there is the same rule; `unknown`: whom it is about is not there. */
  addRule(rule: NewRule, now: number): Promise<Rule | 'taken' | 'unknown'>;
  updateRule(id: string, change: RuleChange): Promise<Rule | 'taken' | 'unknown'>;
  deleteRule(id: string): Promise<Rule | undefined>;
  /** All of it, or nothing: then the first that could not be done is said. */
  saveRules(draft: RulesDraft, now: number): Promise<RulesSaved | RulesRefused>;

  listSwitches(): Promise<readonly ServerSwitches[]>;
  setNewTools(server: ServerName, newTools: ToolSwitches['newTools']): Promise<void>;
  /** An administrator has seen the server's tools. */
  markSeen(server: ServerName, doing: Doing): Promise<void>;
  /** `undefined`: as new tools are. */
  switchTool(
    tool: { readonly server: ServerName; readonly name: string },
    isOn: boolean | undefined,
    doing: Doing,
  ): Promise<void>;

  /** Keeps it from everybody, or gives it to them again. */
  withhold(what: Withholdable, isWithheld: boolean, doing: Doing): Promise<void>;

  listMappings(): Promise<readonly ToolMapping[]>;
  /** Replaces where the name led before. */
  putMapping(mapping: ToolMapping): Promise<void>;
  deleteMapping(name: string): Promise<boolean>;

  listLimits(): Promise<readonly Limit[]>;
  /** Replaces what there is; `unknown`: whom it is about is not there. */
  putLimit(limit: Limit): Promise<'done' | 'unknown'>;
  deleteLimit(subject: LimitSubject): Promise<boolean>;
};
