type Absent<Row> = {
  [Column in keyof Row]: null extends Row[Column] ? Exclude<Row[Column], null> | undefined : Row[Column];
};

/** A row in which what is missing is undefined, as it is everywhere outside of SQL. */
export function withoutNulls<Row extends object>(row: Row): Absent<Row> {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column, value ?? undefined]),
  ) as Absent<Row>;
}
