/** SQL that both dialects take, for one of the two files of the embedded database. */
export type Migration = {
  readonly name: string;
  readonly file: 'gateway' | 'ledger';
  readonly statements: readonly string[];
  /** What PostgreSQL needs besides. */
  readonly postgres?: readonly string[];
};
